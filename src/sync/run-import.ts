import { PlannedIds } from '../directory/planned-ids.ts';
import { MusterError } from '../domain/errors.ts';
import { planGrew, type HoldReason } from '../domain/guard/hold-reasons.ts';
import { lossesOf } from '../domain/plan/consequences.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { Run, RunEnd } from '../ports/runs.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { failedEnd } from './failed-end.ts';
import { needsApproval } from './import-kind.ts';
import { openRun, type OpenedRun } from './open-run.ts';
import { subjectsSweptYoung, type KeptBatch } from './plan-file.ts';
import { PlanKeeper } from './plan-keeper.ts';
import { planRun, type RunToPlan } from './plan-run.ts';
import { openRunScope, type RunScope } from './plan-scope.ts';
import { PlanWatch, type SeenChange } from './plan-watch.ts';
import { newTotals, runFiles, sumOf, type RunTotals } from './run-totals.ts';
import { summaryOf } from './summary.ts';
import type { ImportSurroundings } from './surroundings.ts';

/**
 * Subjects planned and written at a time, and batches whose stored state is asked for while one is planned. An engine
 * that is another process is asked for much at once, and answers meanwhile.
 */
const batchesBeside = { subjectsPerBatch: 500, batchesAhead: 3 };
const batchesInTurn = { subjectsPerBatch: subjectsSweptYoung, batchesAhead: 0 };
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
    using opened = await openRun(store.read, run, around);
    const scope = await openRunScope(store.read, run, store.tenant, around.clock.now());
    const importer = new Importer(store, run, opened, scope, around);
    const shownFirst = opened.files.some((file) => needsApproval(file.kind, file.run));
    // A dry run stops at the plan, and so does a mode that is always shown first (I21).
    if (run.dryRun || (shownFirst && run.approvedBy === null)) await importer.planOnly();
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
    await tx.plans.remove(runId);
    return tx.runs.findById(runId);
  });
}

/** What ends a run for good: sending or trying the same again would come to the same. */
const fileTrouble = new Set<MusterError['code']>(['file-refused', 'gone', 'bad-request']);

async function endFailed(store: TenantStore, run: Run, error: MusterError, now: number): Promise<void> {
  const end = failedEnd({ code: error.code, detail: error.message }, now);
  await store.transact(async (tx) => {
    // Rows of a plan that came to nothing are no report.
    if (!(await tx.runs.finish(run.id, run.attempt, end))) return;
    await tx.runRows.remove(run.id);
    await tx.plans.remove(run.id);
  });
}

/** The plan is to be looked at before it is applied; what was written of it is rolled back. */
class MustBeHeld extends Error {
  readonly reasons: readonly HoldReason[];

  constructor(reasons: readonly HoldReason[]) {
    super('held');
    this.reasons = reasons;
  }
}

/** Another process has taken the run up since; what this one wrote is rolled back. */
export class TakenOver extends Error {}

/** A plan small enough to be kept, and the state of the directory that it was made for. */
interface KeptPlan {
  readonly batches: readonly (KeptBatch & { readonly seen: readonly SeenChange[] })[];
  readonly totals: RunTotals;
  readonly watch: PlanWatch;
  readonly stamp: number;
}

class Importer {
  readonly #store: TenantStore;
  readonly #run: Run;
  readonly #around: ImportSurroundings;
  readonly #plan: RunToPlan;
  /** Of the parts of the file looked at so far: all of them unless the file is too large to be held. */
  #subjectsTotal = 0;

  constructor(store: TenantStore, run: Run, opened: OpenedRun, scope: RunScope, around: ImportSurroundings) {
    this.#store = store;
    this.#run = run;
    this.#around = around;
    const batches = store.readsBeside ? batchesBeside : batchesInTurn;
    this.#plan = {
      files: opened.files,
      notes: opened.notes,
      scope,
      subjectsPerBatch: around.subjectsPerBatch ?? batches.subjectsPerBatch,
      batchesAhead: batches.batchesAhead,
      onPlanned: (subjectsPlanned, subjectsTotal) => {
        this.#subjectsTotal = subjectsTotal;
        this.#progress(subjectsPlanned, 0);
      },
    };
  }

  /**
   * Plans over one picture of the directory and keeps the report and the plan; writes nothing else. `because`: why
   * a plan that was to be applied is held instead.
   */
  async planOnly(because: readonly HoldReason[] = []): Promise<void> {
    const totals = newTotals(this.#plan.files);
    const keeper = new PlanKeeper(this.#run.id, this.#plan.scope.statusOf);
    try {
      const watch = await this.#store.snapshot(async (reader) => {
        const looking = await this.#watch(reader);
        for await (const { batch, rows } of planRun(this.#plan, reader, totals, false)) {
          const seen = await looking.see(reader, batch);
          if (rows.length + seen.length === 0) continue;
          await this.#store.transact((tx) => this.#keep(tx, rows, keeper, seen));
        }
        await looking.settle(reader, { written: false });
        return looking;
      });
      const reasons = watch.reasons(totals);
      // What it was held for may have passed since; that it stands here is to be explained all the same.
      const heldFor = reasons.length > 0 && !because.includes(planGrew) ? reasons : [...because, ...reasons];
      await this.#store.transact(async (tx) => {
        await keeper.end(tx);
        await this.#finish(tx, totals, watch, heldFor, this.#run.dryRun ? 'applied' : 'held');
      });
    } catch (error) {
      if (!(error instanceof TakenOver)) throw error;
    }
  }

  /** Writes rows of the report and a piece of the plan while the run is still this process's. */
  async #keep(
    tx: TenantTransactor,
    rows: readonly RunRow[],
    keeper: PlanKeeper,
    seen: readonly SeenChange[],
  ): Promise<void> {
    const run = await tx.runs.findById(this.#run.id);
    if (run?.state !== 'running' || run.attempt !== this.#run.attempt) throw new TakenOver();
    await tx.runRows.insert(this.#run.id, rows);
    await keeper.addPlanned(tx, seen);
  }

  /**
   * Plans by reading, then writes everything in one transaction. Where the plan grew too large to keep, or
   * somebody changed something meanwhile, it is made again inside that transaction, where nothing can move.
   */
  async planAndApply(): Promise<void> {
    const kept = await this.#store.snapshot((reader) => this.#planToKeep(reader));
    const apply = (tx: TenantTransactor, written?: () => Promise<void>) => this.#apply(tx, kept, written);
    try {
      // A plan too large to be kept has so much to write that it pays to write it beside the planning.
      await (kept === undefined ? this.#store.bulkTransact(apply) : this.#store.transact(apply));
    } catch (error) {
      // S10: shown, or shown once more, as it would be now.
      if (error instanceof MustBeHeld) return this.planOnly(error.reasons);
      // Whoever took the run over finishes it; what was written here is rolled back.
      if (!(error instanceof TakenOver)) throw error;
    }
  }

  async #apply(
    tx: TenantTransactor,
    kept: KeptPlan | undefined,
    written?: () => Promise<void>,
  ): Promise<void> {
    const stands = kept !== undefined && kept.stamp === (await tx.changes.stamp());
    const totals = stands ? kept.totals : newTotals(this.#plan.files);
    const watch = stands ? kept.watch : await this.#watch(tx);
    if (stands) this.#guard(totals, watch);
    const keeper = new PlanKeeper(this.#run.id, this.#plan.scope.statusOf);
    const planned = new PlannedIds();
    // One transaction, so one moment: rows of several batches that differ in it alone could not be sent together.
    const at = this.#around.clock.now();
    let applied = 0;
    for await (const one of stands ? kept.batches : this.#seen(tx, totals, watch, true)) {
      const { batch, rows, seen, kind } = one;
      const ids = await batch.apply(tx, {
        runId: this.#run.id,
        at,
        actor: { name: this.#run.sender, channel: this.#run.channel },
        importing: kind.name,
        statusOf: this.#plan.scope.statusOf,
        ids: planned,
      });
      await keeper.addApplied(tx, seen, ids);
      await tx.runRows.insert(this.#run.id, rows);
      applied += batch.weight;
      this.#progress(this.#subjectsIn(totals), applied);
    }
    // A plan made while it was written is whole only now.
    if (!stands) {
      this.#guard(totals, watch);
      await written?.();
      await watch.settle(tx, { written: true, idOf: (id) => planned.idOf(id) });
    }
    await keeper.end(tx);
    await this.#finish(tx, totals, watch, watch.reasons(totals), 'applied');
  }

  #watch(reader: TenantReader): Promise<PlanWatch> {
    const { files, scope } = this.#plan;
    return PlanWatch.open(reader, files, this.#run, scope, this.#around.accessMembersMax);
  }

  #subjectsIn({ files }: RunTotals): number {
    return files.reduce((sum, { subjects }) => sum + subjects, 0);
  }

  /** The batches of the run, each with what was seen in it before it is written. */
  async *#seen(reader: TenantReader, totals: RunTotals, watch: PlanWatch, seesItsWrites: boolean) {
    for await (const planned of planRun(this.#plan, reader, totals, seesItsWrites)) {
      yield { ...planned, seen: await watch.see(reader, planned.batch) };
    }
  }

  /**
   * S10: what must be looked at first is not applied. An approval is for so many removals and inactivations as it
   * was shown, whatever else the guard would say.
   */
  #guard(totals: RunTotals, watch: PlanWatch): void {
    const { approvedBy, counts: shown, consequences } = this.#run;
    if (approvedBy === null) {
      const reasons = watch.reasons(totals);
      if (reasons.length > 0) throw new MustBeHeld(reasons);
      return;
    }
    const { removed } = sumOf(totals, this.#plan.files).counts;
    const lossesShown = consequences === null ? [shown.inactivated] : lossesOf(consequences);
    const grew = lossesOf(watch.consequences).some((loss, place) => loss > (lossesShown[place] ?? 0));
    if (removed > shown.removed || grew) throw new MustBeHeld([planGrew]);
  }

  async #planToKeep(reader: TenantReader): Promise<KeptPlan | undefined> {
    // The plan of a large first load would be too large to keep, and half of it made in vain.
    const recordsMax = this.#around.plannedRecordsMax ?? plannedRecordsMax;
    for (const { file, kind } of this.#plan.files) {
      if (file.rowCount > recordsMax && (await kind.isFirstLoad(reader))) return undefined;
    }
    const stamp = await reader.changes.stamp();
    const totals = newTotals(this.#plan.files);
    const watch = await this.#watch(reader);
    const batches: KeptPlan['batches'][number][] = [];
    let records = 0;
    for await (const planned of this.#seen(reader, totals, watch, false)) {
      batches.push(planned);
      records += planned.batch.weight + planned.rows.length;
      if (records > recordsMax) return undefined;
    }
    await watch.settle(reader, { written: false });
    return { batches, totals, watch, stamp };
  }

  async #finish(
    tx: TenantTransactor,
    totals: RunTotals,
    watch: PlanWatch,
    heldFor: readonly HoldReason[],
    state: 'applied' | 'held',
  ): Promise<void> {
    const { files, notes } = this.#plan;
    const sum = sumOf(totals, files);
    const end: RunEnd = {
      ...sum,
      notes: [...notes, ...sum.notes],
      files: runFiles(totals, files),
      state,
      heldFor,
      consequences: watch.consequences,
      summary: summaryOf(totals, files),
      finishedAt: this.#around.clock.now(),
      failure: null,
    };
    if (!(await tx.runs.finish(this.#run.id, this.#run.attempt, end))) throw new TakenOver();
  }

  #progress(subjectsPlanned: number, applied: number): void {
    this.#around.onProgress({
      runId: this.#run.id,
      rowsRead: this.#plan.files.reduce((sum, { file }) => sum + file.rowCount, 0),
      subjectsPlanned,
      subjectsTotal: this.#subjectsTotal,
      applied,
    });
  }
}
