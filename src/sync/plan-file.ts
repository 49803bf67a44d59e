import { noCounts } from '../domain/outcome.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { batchesOf } from './batches.ts';
import { contextOf, Fingerprints, type PartitionPrints } from './fingerprints.ts';
import type {
  ApplyContext,
  ImportKind,
  PlanBatch,
  PlannedBatch,
  PreparedImport,
  RunTotals,
} from './import-kind.ts';
import { RowKeeper } from './plan-rows.ts';
import type { Partition } from './scan/partition.ts';
import type { ScannedFile } from './scan/scan-file.ts';

/** A planned batch as it waits to be applied: of its rows only those the report keeps. */
export interface KeptBatch {
  readonly batch: Pick<PlannedBatch, 'apply' | 'changes' | 'weight'>;
  readonly rows: readonly RunRow[];
}

/** What is to be planned, and who is told how far it has come. */
export interface FileToPlan {
  readonly file: ScannedFile;
  readonly kind: ImportKind;
  readonly run: Run;
  readonly subjectsPerBatch: number;
  /** Batches that are looked up ahead: what is stored of them is fetched while the one before is planned. */
  readonly batchesAhead: number;
  /** Of the fingerprints that the scan gathered. */
  readonly seed: Uint8Array;
  readonly onPlanned: (subjectsPlanned: number, subjectsTotal: number) => void;
}

/** A plan before anything was added to it. */
export function newTotals({ file }: FileToPlan): RunTotals {
  return {
    counts: noCounts(),
    subjects: 0,
    rowCount: file.rowCount,
    notes: [...file.notes],
    contactsStanding: 0,
  };
}

/**
 * Every subject of the file as planned batches, then what had to wait for its end. Adds up `totals`. Subjects
 * whose rows say what they said at their last clean import are not even read. `seesItsWrites`: each batch is
 * written before the next one is asked for.
 */
export async function* planFile(
  plan: FileToPlan,
  reader: TenantReader,
  totals: RunTotals,
  seesItsWrites: boolean,
): AsyncGenerator<KeptBatch> {
  if (plan.file.header.length === 0) return; // I4: an empty file says nothing.
  yield* new FilePlanner(plan, reader, totals, seesItsWrites).batches();
}

class FilePlanner {
  readonly #plan: FileToPlan;
  readonly #reader: TenantReader;
  readonly #totals: RunTotals;
  readonly #prepared: PreparedImport;
  readonly #keeper: RowKeeper;
  /**
   * S5: rows that may be anybody's bear on what is said of everybody, so with them in the file nothing is
   * recognised and nothing remembered.
   */
  readonly #remembers: boolean;
  /** Rows of unchanged subjects, where every row is reported. */
  #unchangedRows: RunRow[] = [];
  #subjectsSeen = 0;
  #rowsSeen = 0;

  constructor(plan: FileToPlan, reader: TenantReader, totals: RunTotals, seesItsWrites: boolean) {
    const { file, kind, run } = plan;
    this.#plan = plan;
    this.#reader = reader;
    this.#totals = totals;
    this.#prepared = kind.prepare(file.header, run, seesItsWrites, file.stray);
    this.#keeper = new RowKeeper(file.rowCount);
    this.#remembers = file.stray.rows.length === 0 && !file.stray.anybody;
    totals.notes.push(...this.#prepared.notes);
  }

  async *batches(): AsyncGenerator<KeptBatch> {
    const { run, file, seed } = this.#plan;
    const set = { seed, context: contextOf(run, file.header) };
    const fingerprints = await Fingerprints.open(run, this.#reader, set);
    for (const partition of file.partitions()) {
      const prints = await fingerprints.ofPartition(partition);
      yield* this.#partition(partition, prints);
      const blocks = prints.changedBlocks();
      yield { batch: changingNobody((tx) => fingerprints.save(tx, blocks)), rows: this.#unchangedRows };
      this.#unchangedRows = [];
    }
    yield { batch: changingNobody((tx) => fingerprints.end(tx)), rows: [] };
    if (!this.#prepared.planRest) return;
    for await (const planned of this.#prepared.planRest(this.#reader, this.#totals)) {
      const { batch, rows } = this.#keep(planned);
      // These are not named in the file, so nothing that is remembered of its rows tells of them.
      const apply = (tx: TenantTransactor, context: ApplyContext) =>
        batch.apply(tx, { ...context, importing: undefined });
      yield { batch: { ...batch, apply }, rows };
    }
  }

  async *#partition(partition: Partition, prints: PartitionPrints): AsyncGenerator<KeptBatch> {
    const { file, subjectsPerBatch, batchesAhead } = this.#plan;
    const total = this.#subjectsTotal(partition);
    const ahead: Promise<PlanBatch>[] = [];
    const planNext = async (): Promise<KeptBatch> => {
      const planBatch = await ahead.shift()!;
      const planned = await planBatch((row) => this.#keeper.keeps(row));
      if (this.#remembers) for (const { index, patronId } of planned.clean) prints.keep(index, patronId);
      const kept = this.#keep(planned);
      this.#plan.onPlanned(this.#totals.subjects, total);
      return kept;
    };
    const isSettled = (index: number) => this.#settle(partition, prints, index);
    for (const subjects of batchesOf(partition, file.header.length, subjectsPerBatch, isSettled)) {
      const lookedUp = this.#prepared.lookUp(this.#reader, subjects);
      // Thrown where it is waited for, which an error before it may keep from happening.
      lookedUp.catch(() => undefined);
      ahead.push(lookedUp);
      if (ahead.length > batchesAhead) yield await planNext();
    }
    while (ahead.length > 0) yield await planNext();
    this.#plan.onPlanned(this.#totals.subjects, total);
  }

  /** Settles a subject whose rows say nothing new; any other is forgotten until its plan comes out clean. */
  #settle(partition: Partition, prints: PartitionPrints, index: number): boolean {
    const patronId = this.#remembers ? prints.findUnchanged(index) : undefined;
    if (patronId === undefined) {
      prints.forget(index);
      return false;
    }
    this.#prepared.unchanged?.(patronId);
    this.#totals.subjects++;
    // Each row of a clean subject is one record, else there would have been something to say.
    this.#totals.counts.unchanged += partition.rowCountOf(index);
    this.#totals.contactsStanding += partition.rowCountOf(index);
    if (!this.#keeper.keepsEvery) return true;
    for (const { row } of partition.subject(index).rows) {
      this.#unchangedRows.push({ row, outcome: 'unchanged', patronId, note: null });
    }
    return true;
  }

  #keep(batch: PlannedBatch): KeptBatch {
    addUp(this.#totals, batch);
    const { apply, changes, weight } = batch;
    return { batch: { apply, changes, weight }, rows: this.#keeper.rowsOf(batch) };
  }

  /** Exact for a file in one part; else what it will be if the parts to come are like those so far. */
  #subjectsTotal(partition: Partition): number {
    this.#subjectsSeen += partition.subjectCount;
    this.#rowsSeen += partition.rowCount;
    const { rowCount } = this.#plan.file;
    return this.#rowsSeen === 0 ? 0 : Math.round((this.#subjectsSeen / this.#rowsSeen) * rowCount);
  }
}

/** What is remembered of the file, written between the batches. */
function changingNobody(write: (tx: TenantTransactor) => Promise<void>): KeptBatch['batch'] {
  return { weight: 0, changes: [], apply: (tx) => write(tx).then(() => []) };
}

function addUp(totals: RunTotals, batch: PlannedBatch): void {
  totals.subjects += batch.subjects;
  totals.contactsStanding += batch.contactsStanding;
  if (batch.notes) totals.notes.push(...batch.notes);
  for (const name of Object.keys(totals.counts) as (keyof RunTotals['counts'])[]) {
    totals.counts[name] += batch.counts[name];
  }
}
