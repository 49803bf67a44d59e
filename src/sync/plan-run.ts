import type { RowNote } from '../domain/outcome.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { FileToPlan } from './file-to-plan.ts';
import { planFile, type KeptBatch, type PlanSettings } from './plan-file.ts';
import type { RunScope } from './plan-scope.ts';
import { PlannedRecords } from './planned-records.ts';
import type { RunTotals } from './run-totals.ts';

/** A run whose files are found and scanned. */
export interface RunToPlan extends PlanSettings {
  /** In the order in which they are planned: each may name what those before it make. */
  readonly files: readonly FileToPlan[];
  /** About the delivery as a whole. */
  readonly notes: readonly RowNote[];
  readonly scope: RunScope;
}

/**
 * Every file of the run as planned batches, one file after the other and as one plan: rows see what earlier files
 * make. Adds up `totals`. `seesItsWrites`: each batch is written before the next one is asked for.
 */
export async function* planRun(
  run: RunToPlan,
  reader: TenantReader,
  totals: RunTotals,
  seesItsWrites: boolean,
): AsyncGenerator<KeptBatch> {
  const planned = new PlannedRecords(run.files.flatMap(({ kind }) => kind.names ?? []));
  let done = 0;
  for (const [index, file] of run.files.entries()) {
    const before = done;
    const settings: PlanSettings = {
      subjectsPerBatch: run.subjectsPerBatch,
      batchesAhead: run.batchesAhead,
      onPlanned: (subjects, total) => run.onPlanned(before + subjects, before + total),
    };
    const ofFile = totals.files[index]!;
    yield* planFile(file, settings, reader, ofFile, { ...run.scope, seesItsWrites, planned });
    done += ofFile.subjects;
  }
}
