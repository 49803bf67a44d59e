import { noCounts } from '../domain/outcome.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { batchesOf } from './batches.ts';
import type { DecodedSubject, ImportKind, PlanBatch, PlannedBatch, RunTotals } from './import-kind.ts';
import { RowKeeper } from './plan-rows.ts';
import type { ScannedFile } from './scan/scan-file.ts';

/** A planned batch as it waits to be applied: of its rows only those the report keeps. */
export interface KeptBatch {
  readonly batch: Pick<PlannedBatch, 'apply' | 'weight'>;
  readonly rows: readonly RunRow[];
}

/** What is to be planned, and who is told how far it has come. */
export interface FileToPlan {
  readonly file: ScannedFile;
  readonly kind: ImportKind;
  readonly run: Run;
  readonly subjectsPerBatch: number;
  readonly onPlanned: (subjectsPlanned: number, subjectsTotal: number) => void;
}

/** Batches that are looked up ahead: what is stored of them is fetched while the one before is planned. */
const aheadMax = 3;

/** A plan before anything was added to it. */
export function newTotals({ file }: FileToPlan): RunTotals {
  return { counts: noCounts(), subjects: 0, rowCount: file.rowCount, notes: [...file.notes] };
}

/**
 * Every subject of the file as planned batches, then what had to wait for its end. Adds up `totals`.
 * `seesItsWrites`: each batch is written before the next one is asked for.
 */
export async function* planFile(
  plan: FileToPlan,
  reader: TenantReader,
  totals: RunTotals,
  seesItsWrites: boolean,
): AsyncGenerator<KeptBatch> {
  const { file, kind, run } = plan;
  if (file.header.length === 0) return; // I4: an empty file says nothing.
  const prepared = kind.prepare(file.header, run, seesItsWrites, file.stray);
  const keeper = new RowKeeper(file.rowCount);
  totals.notes.push(...prepared.notes);
  const keep = (batch: PlannedBatch): KeptBatch => {
    addUp(totals, batch);
    return { batch: { apply: batch.apply, weight: batch.weight }, rows: keeper.rowsOf(batch) };
  };
  const ahead: Promise<PlanBatch>[] = [];
  let total = 0;
  const planNext = async (): Promise<KeptBatch> => {
    const planBatch = await ahead.shift()!;
    const kept = keep(await planBatch((row) => keeper.keeps(row)));
    plan.onPlanned(totals.subjects, total);
    return kept;
  };
  for (const { subjects, subjectsTotal } of batchesOfFile(plan)) {
    const lookedUp = prepared.lookUp(reader, subjects);
    // Thrown where it is waited for, which an error before it may keep from happening.
    lookedUp.catch(() => undefined);
    ahead.push(lookedUp);
    total = subjectsTotal;
    if (ahead.length > aheadMax) yield await planNext();
  }
  while (ahead.length > 0) yield await planNext();
  if (!prepared.planRest) return;
  for await (const batch of prepared.planRest(reader, totals)) yield keep(batch);
}

function* batchesOfFile({ file, subjectsPerBatch }: FileToPlan): Generator<{
  subjects: DecodedSubject[];
  subjectsTotal: number;
}> {
  let subjectsSeen = 0;
  let rowsSeen = 0;
  for (const partition of file.partitions()) {
    subjectsSeen += partition.subjectCount;
    rowsSeen += partition.rowCount;
    // Exact for a file in one part; else what it will be if the parts to come are like those so far.
    const subjectsTotal = Math.round((subjectsSeen / rowsSeen) * file.rowCount);
    for (const subjects of batchesOf(partition, file.header.length, subjectsPerBatch)) {
      yield { subjects, subjectsTotal };
    }
  }
}

function addUp(totals: RunTotals, batch: PlannedBatch): void {
  totals.subjects += batch.subjects;
  if (batch.notes) totals.notes.push(...batch.notes);
  for (const name of Object.keys(totals.counts) as (keyof RunTotals['counts'])[]) {
    totals.counts[name] += batch.counts[name];
  }
}
