import type { PlannedIds } from '../directory/planned-ids.ts';
import { subjectOfKind } from '../ports/fingerprints.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { batchesOf } from './batches.ts';
import type { FileToPlan } from './file-to-plan.ts';
import { contextOf, Fingerprints, type PartitionPrints } from './fingerprints.ts';
import type {
  ApplyContext,
  FileTotals,
  ImportKind,
  PlanBatch,
  PlannedBatch,
  PreparedImport,
} from './import-kind.ts';
import { RowKeeper } from './plan-rows.ts';
import type { PlanScope } from './plan-scope.ts';
import { addUp } from './run-totals.ts';
import type { Partition } from './scan/partition.ts';

/** A planned batch as it waits to be applied: of its rows only those the report keeps. */
export interface KeptBatch {
  readonly batch: Pick<PlannedBatch, 'apply' | 'changes' | 'weight'>;
  readonly rows: readonly RunRow[];
  /** The kind whose file it is of. */
  readonly kind: ImportKind;
}

/** What is held of so many is swept while it is young; of a few hundred most grows old first. */
export const subjectsSweptYoung = 100;

/** How files are planned, and who is told how far it has come. */
export interface PlanSettings {
  readonly subjectsPerBatch: number;
  /** Batches that are looked up ahead: what is stored of them is fetched while the one before is planned. */
  readonly batchesAhead: number;
  readonly onPlanned: (subjectsPlanned: number, subjectsTotal: number) => void;
}

/**
 * Every subject of the file as planned batches, then what had to wait for its end. Adds up `totals`. Subjects
 * whose rows say what they said at their last clean import are not even read.
 */
export async function* planFile(
  file: FileToPlan,
  settings: PlanSettings,
  reader: TenantReader,
  totals: FileTotals,
  scope: Omit<PlanScope, 'stray'>,
): AsyncGenerator<KeptBatch> {
  if (file.file.header.length === 0) return; // I4: an empty file says nothing.
  yield* new FilePlanner(file, settings, reader, totals, scope).batches();
}

class FilePlanner {
  readonly #plan: FileToPlan;
  readonly #settings: PlanSettings;
  readonly #reader: TenantReader;
  readonly #totals: FileTotals;
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

  constructor(
    plan: FileToPlan,
    settings: PlanSettings,
    reader: TenantReader,
    totals: FileTotals,
    scope: Omit<PlanScope, 'stray'>,
  ) {
    const { file, kind, run } = plan;
    this.#plan = plan;
    this.#settings = settings;
    this.#reader = reader;
    this.#totals = totals;
    this.#prepared = kind.prepare(file.header, run, { ...scope, stray: file.stray });
    this.#keeper = new RowKeeper(file.rowCount, plan.number);
    const strays = file.stray.rows.length > 0 || file.stray.anybody;
    this.#remembers = !strays && this.#prepared.remembers !== false;
    totals.notes.push(...this.#prepared.notes);
  }

  async *batches(): AsyncGenerator<KeptBatch> {
    const { kind, run, file, seed } = this.#plan;
    const set = { seed, context: contextOf(run, file.header, this.#prepared.context) };
    const fingerprints = await Fingerprints.open(kind.name, this.#reader, set);
    for (const partition of file.partitions()) {
      const prints = await fingerprints.ofPartition(partition);
      yield* this.#partition(partition, prints);
      const blocks = prints.changedBlocks();
      yield this.#remembering((tx, ids) => fingerprints.save(tx, blocks, ids), this.#unchangedRows);
      this.#unchangedRows = [];
    }
    yield this.#remembering((tx) => fingerprints.end(tx), []);
    if (!this.#prepared.planRest) return;
    for await (const planned of this.#prepared.planRest(this.#reader, this.#totals)) {
      const { batch, ...kept } = this.#keep(planned);
      // These are not named in the file, so nothing that is remembered of its rows tells of them.
      const apply = (tx: TenantTransactor, context: ApplyContext) =>
        batch.apply(tx, { ...context, importing: undefined });
      yield { ...kept, batch: { ...batch, apply } };
    }
  }

  async *#partition(partition: Partition, prints: PartitionPrints): AsyncGenerator<KeptBatch> {
    const { file } = this.#plan;
    const { onPlanned } = this.#settings;
    const total = this.#subjectsTotal(partition);
    const ahead: Promise<PlanBatch>[] = [];
    const planNext = async (): Promise<KeptBatch> => {
      const planBatch = await ahead.shift()!;
      const planned = await planBatch((row) => this.#keeper.keeps(row));
      if (this.#remembers) for (const { index, subjectId } of planned.clean) prints.keep(index, subjectId);
      const kept = this.#keep(planned);
      onPlanned(this.#totals.subjects, total);
      return kept;
    };
    await this.#prepared.lookAhead?.(this.#reader, partition, prints.isEmpty);
    const { subjectsPerBatch, batchesAhead } = this.#batches();
    const isSettled = (index: number) => this.#settle(partition, prints, index);
    for (const subjects of batchesOf(partition, file.header.length, subjectsPerBatch, isSettled)) {
      const lookedUp = this.#prepared.lookUp(this.#reader, subjects);
      // Thrown where it is waited for, which an error before it may keep from happening.
      lookedUp.catch(() => undefined);
      ahead.push(lookedUp);
      if (ahead.length > batchesAhead) yield await planNext();
    }
    while (ahead.length > 0) yield await planNext();
    onPlanned(this.#totals.subjects, total);
  }

  /** What nobody has to be asked about would only lie there, decoded, and be copied by the sweeper. */
  #batches(): Pick<PlanSettings, 'subjectsPerBatch' | 'batchesAhead'> {
    if (this.#prepared.asksNothing !== true) return this.#settings;
    return {
      subjectsPerBatch: Math.min(this.#settings.subjectsPerBatch, subjectsSweptYoung),
      batchesAhead: 0,
    };
  }

  /** Settles a subject whose rows say nothing new; any other is forgotten until its plan comes out clean. */
  #settle(partition: Partition, prints: PartitionPrints, index: number): boolean {
    const subjectId = this.#remembers ? prints.findUnchanged(index) : undefined;
    if (subjectId === undefined) {
      prints.forget(index);
      return false;
    }
    this.#prepared.unchanged?.(subjectId);
    this.#totals.subjects++;
    // Each row of a clean subject is one record, else there would have been something to say.
    this.#totals.counts.unchanged += partition.rowCountOf(index);
    this.#totals.standing += partition.rowCountOf(index);
    if (!this.#keeper.keepsEvery) return true;
    const { number, kind } = this.#plan;
    const patronId = subjectOfKind[kind.name] === 'patron' ? subjectId : null;
    for (const { row } of partition.rowsOf(index)) {
      this.#unchangedRows.push({ file: number, row, outcome: 'unchanged', patronId, note: null });
    }
    return true;
  }

  #keep(batch: PlannedBatch): KeptBatch {
    addUp(this.#totals, batch);
    const { apply, changes, weight } = batch;
    const { kind } = this.#plan;
    return { batch: { apply, changes, weight }, rows: this.#keeper.rowsOf(batch), kind };
  }

  /** What is remembered of the file, written between the batches. */
  #remembering(
    write: (tx: TenantTransactor, ids: PlannedIds) => Promise<void>,
    rows: readonly RunRow[],
  ): KeptBatch {
    const apply: PlannedBatch['apply'] = (tx, { ids }) => write(tx, ids).then(() => []);
    return { batch: { weight: 0, changes: [], apply }, rows, kind: this.#plan.kind };
  }

  /** Exact for a file in one part; else what it will be if the parts to come are like those so far. */
  #subjectsTotal(partition: Partition): number {
    this.#subjectsSeen += partition.subjectCount;
    this.#rowsSeen += partition.rowCount;
    const { rowCount } = this.#plan.file;
    return this.#rowsSeen === 0 ? 0 : Math.round((this.#subjectsSeen / this.#rowsSeen) * rowCount);
  }
}
