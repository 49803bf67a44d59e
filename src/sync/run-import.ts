import { MusterError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { Run, RunEnd } from '../ports/runs.ts';
import type { Progress } from '../ports/system-store.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { openDelivery } from './delivery-source.ts';
import { failedEnd } from './failed-end.ts';
import type { ImportKind, RunTotals } from './import-kind.ts';
import { getImportKind } from './kinds/registry.ts';
import { newSeed } from './fingerprints.ts';
import { newTotals, planFile, type FileToPlan, type KeptBatch } from './plan-file.ts';
import { seedWords } from './scan/fingerprint.ts';
import { scanFile, type ScannedFile } from './scan/scan-file.ts';
import { noStrayRows } from './scan/stray-rows.ts';
import { summaryOf } from './summary.ts';

export interface ImportSurroundings {
  readonly clock: Clock;
  /** Where large files may be unpacked. */
  readonly spillDir: string;
  /** Where the delivered bytes still lie as they came; unpacked from the delivery where they do not. */
  readonly file?: string | undefined;
  readonly onProgress: (progress: Progress) => void;
  /** How many records a plan may have to be kept between planning and applying. */
  readonly plannedRecordsMax?: number;
  /** How many subjects are planned and written at a time. */
  readonly subjectsPerBatch?: number;
}

/** Subjects planned and written at a time. */
const subjectsPerBatch = 500;
/** A plan of up to this many records is kept in memory between planning and applying. */
const plannedRecordsMax = 30_000;

/**
 * Does one received import run from its stored bytes to its end: scan, plan, apply, report. All of it is
 * applied or none (S9). What is wrong with the file ends the run as `failed`; anything else that is thrown is
 * trouble of ours, and the run stays to be taken up again.
 */
export async function runImport(
  store: TenantStore,
  runId: number,
  around: ImportSurroundings,
): Promise<void> {
  const run = await begin(store, runId, around.clock.now());
  if (run === undefined) return;
  try {
    using source = await openDelivery(store.read, run.deliveryId!, around);
    const kind = getImportKind(run.kind);
    const seed = (await store.read.fingerprints.findSet(kind.name))?.seed ?? newSeed();
    using file = scanFile(source, {
      spillDir: around.spillDir,
      seed: seedWords(seed),
      subjectColumns: (header) => kind.prepare(header, run, false, noStrayRows).subjectColumns,
      onRows: (rowsRead) =>
        around.onProgress({ runId, rowsRead, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 }),
    });
    const importer = new Importer(store, kind, run, file, seed, around);
    // A dry run stops at the plan, and so does a mode that is always shown first (I21).
    if (run.dryRun || (needsApproval(kind, run) && run.approvedBy === null)) await importer.planOnly();
    else await importer.planAndApply();
  } catch (error) {
    if (!(error instanceof MusterError) || !fileTrouble.has(error.code)) throw error;
    await endFailed(store, run, error, around.clock.now());
  }
}

/**
 * Begins the run with an empty report; undefined where it has ended, whose report then stays: another process
 * may have finished it while this one thought it dead.
 */
function begin(store: TenantStore, runId: number, now: number): Promise<Run | undefined> {
  return store.transact(async (tx) => {
    if ((await tx.runs.begin(runId, now)) === false) return undefined;
    await tx.runRows.remove(runId);
    return tx.runs.findById(runId);
  });
}

/** What ends a run for good: sending or trying the same again would come to the same. */
const fileTrouble = new Set<MusterError['code']>(['file-refused', 'gone', 'bad-request']);

function needsApproval(kind: ImportKind, run: Run): boolean {
  return kind.modes.some((mode) => mode.name === run.mode && mode.needsApproval === true);
}

async function endFailed(store: TenantStore, run: Run, error: MusterError, now: number): Promise<void> {
  const end = failedEnd({ code: error.code, detail: error.message }, now);
  await store.transact(async (tx) => {
    // Rows of a plan that came to nothing are no report.
    if (await tx.runs.finish(run.id, run.attempt, end)) await tx.runRows.remove(run.id);
  });
}

/** What was approved would now do more harm than when it was; what was written of it is rolled back. */
class OutgrewApproval extends Error {}

/** Another process has taken the run up since; what this one wrote is rolled back. */
export class TakenOver extends Error {}

/** A plan small enough to be kept, and the state of the directory that it was made for. */
interface KeptPlan {
  readonly batches: readonly KeptBatch[];
  readonly totals: RunTotals;
  readonly stamp: number;
}

class Importer {
  readonly #store: TenantStore;
  readonly #run: Run;
  readonly #around: ImportSurroundings;
  readonly #plan: FileToPlan;
  /** Of the parts of the file looked at so far: all of them unless the file is too large to be held. */
  #subjectsTotal = 0;

  constructor(
    store: TenantStore,
    kind: ImportKind,
    run: Run,
    file: ScannedFile,
    seed: Uint8Array,
    around: ImportSurroundings,
  ) {
    this.#store = store;
    this.#run = run;
    this.#around = around;
    this.#plan = {
      file,
      kind,
      run,
      seed,
      subjectsPerBatch: around.subjectsPerBatch ?? subjectsPerBatch,
      onPlanned: (subjectsPlanned, subjectsTotal) => {
        this.#subjectsTotal = subjectsTotal;
        this.#progress(subjectsPlanned, 0);
      },
    };
  }

  /** Plans over one picture of the directory and keeps the report; writes nothing else. */
  async planOnly(): Promise<void> {
    const totals = newTotals(this.#plan);
    try {
      await this.#store.snapshot(async (reader) => {
        for await (const { rows } of planFile(this.#plan, reader, totals, false)) {
          if (rows.length > 0) await this.#store.transact((tx) => this.#keepRows(tx, rows));
        }
      });
      await this.#store.transact((tx) => this.#finish(tx, totals, this.#run.dryRun ? 'applied' : 'held'));
    } catch (error) {
      if (!(error instanceof TakenOver)) throw error;
    }
  }

  /** Writes rows of the report while the run is still this process's. */
  async #keepRows(tx: TenantTransactor, rows: readonly RunRow[]): Promise<void> {
    const run = await tx.runs.findById(this.#run.id);
    if (run?.state !== 'running' || run.attempt !== this.#run.attempt) throw new TakenOver();
    await tx.runRows.insert(this.#run.id, rows);
  }

  /**
   * Plans by reading, then writes everything in one transaction. Where the plan grew too large to keep, or
   * somebody changed something meanwhile, it is made again inside that transaction, where nothing can move.
   */
  async planAndApply(): Promise<void> {
    const kept = await this.#store.snapshot((reader) => this.#planToKeep(reader));
    const apply = (tx: TenantTransactor) => this.#apply(tx, kept);
    try {
      // A plan too large to be kept has so much to write that it pays to write it beside the planning.
      await (kept === undefined ? this.#store.bulkTransact(apply) : this.#store.transact(apply));
    } catch (error) {
      // S10: shown once more, as it would be now.
      if (error instanceof OutgrewApproval) return this.planOnly();
      // Whoever took the run over finishes it; what was written here is rolled back.
      if (!(error instanceof TakenOver)) throw error;
    }
  }

  async #apply(tx: TenantTransactor, kept: KeptPlan | undefined): Promise<void> {
    const stands = kept !== undefined && kept.stamp === (await tx.changes.stamp());
    const totals = stands ? kept.totals : newTotals(this.#plan);
    if (stands) this.#refuseGrowth(totals);
    let applied = 0;
    for await (const { batch, rows } of stands ? kept.batches : planFile(this.#plan, tx, totals, true)) {
      await batch.apply(tx, {
        runId: this.#run.id,
        at: this.#around.clock.now(),
        actor: { name: this.#run.sender, channel: this.#run.channel },
        importing: this.#run.kind,
      });
      await tx.runRows.insert(this.#run.id, rows);
      applied += batch.weight;
      this.#progress(totals.subjects, applied);
    }
    this.#refuseGrowth(totals);
    await this.#finish(tx, totals, 'applied');
  }

  /** S10: an approval is for so many removals and inactivations as it was shown. */
  #refuseGrowth({ counts }: RunTotals): void {
    const { approvedBy, counts: shown } = this.#run;
    if (approvedBy === null) return;
    if (counts.removed > shown.removed || counts.inactivated > shown.inactivated) throw new OutgrewApproval();
  }

  async #planToKeep(reader: TenantReader): Promise<KeptPlan | undefined> {
    // The plan of a large first load would be too large to keep, and half of it made in vain.
    const recordsMax = this.#around.plannedRecordsMax ?? plannedRecordsMax;
    if (this.#plan.file.rowCount > recordsMax && (await this.#plan.kind.isFirstLoad(reader)))
      return undefined;
    const stamp = await reader.changes.stamp();
    const totals = newTotals(this.#plan);
    const batches: KeptBatch[] = [];
    let records = 0;
    for await (const planned of planFile(this.#plan, reader, totals, false)) {
      batches.push(planned);
      records += planned.batch.weight + planned.rows.length;
      if (records > recordsMax) return undefined;
    }
    return { batches, totals, stamp };
  }

  async #finish(tx: TenantTransactor, totals: RunTotals, state: 'applied' | 'held'): Promise<void> {
    const end: RunEnd = {
      ...totals,
      state,
      summary: summaryOf(this.#run, totals),
      finishedAt: this.#around.clock.now(),
      failure: null,
    };
    if (!(await tx.runs.finish(this.#run.id, this.#run.attempt, end))) throw new TakenOver();
  }

  #progress(subjectsPlanned: number, applied: number): void {
    this.#around.onProgress({
      runId: this.#run.id,
      rowsRead: this.#plan.file.rowCount,
      subjectsPlanned,
      subjectsTotal: this.#subjectsTotal,
      applied,
    });
  }
}
