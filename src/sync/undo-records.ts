import { applyRecordChanges, removeRecords, type RecordJournal } from '../directory/apply-records.ts';
import { doneByRun } from '../directory/record-life.ts';
import type { RecordPlanChange } from '../domain/plan/record-change.ts';
import { identifierOf, recordEntities, recordNouns, type RecordEntity } from '../domain/records.ts';
import { referencesOf } from '../domain/shown-records.ts';
import { undoRecord, type ValuesUndo } from '../domain/undo/undo-values.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { KeptRows } from './undo-kept.ts';
import {
  asRecord,
  keyOf,
  valuesIn,
  withIdentifierOf,
  withoutReferences,
  type AnyRecord,
  type AnyStored,
} from './undo-mending.ts';

interface RecordUndo {
  readonly id: number;
  readonly current: AnyStored | undefined;
  readonly undo: ValuesUndo;
}

interface WantedChange {
  readonly before: AnyRecord | undefined;
  readonly after: AnyRecord;
}

/** What is to become of the records of one entity. */
interface EntityUndo {
  readonly back: WantedChange[];
  readonly setBack: WantedChange[];
  /** Ids of those that the run made and nobody changed. */
  readonly doomed: number[];
}

/** Told of every record that is changed, and of those that are removed. */
export interface SeeRecords {
  changed(change: RecordPlanChange): Promise<void>;
  removed(entity: RecordEntity, record: AnyStored): Promise<void>;
}

const perPiece = 500;

/** Takes back what a run did to records, field by field. */
export class RecordUndoing {
  /** Records set back, removed, and brought back. */
  readonly counts = { updated: 0, removed: 0, created: 0 };
  /** Records that the run had touched. */
  touched = 0;
  /** Those of them of which something stays. */
  keptRecords = 0;
  readonly #tx: TenantTransactor;
  readonly #runId: number;
  readonly #journal: RecordJournal;
  readonly #kept: KeptRows;
  readonly #see: SeeRecords;

  constructor(tx: TenantTransactor, runId: number, journal: RecordJournal, kept: KeptRows, see: SeeRecords) {
    this.#tx = tx;
    this.#runId = runId;
    this.#journal = journal;
    this.#kept = kept;
    this.#see = see;
  }

  /**
   * Brings back what the run removed, then sets back what it changed, both in the order in which records refer to each
   * other, then removes what it made, in the opposite order, where nothing refers to it.
   */
  async takeBack(): Promise<void> {
    const planned = new Map<RecordEntity, EntityUndo>();
    for (const entity of recordEntities) planned.set(entity, await this.#planFor(entity));
    for (const [entity, { back }] of planned) await this.#inPieces(entity, back, this.#bringBack);
    for (const [entity, { setBack }] of planned) await this.#inPieces(entity, setBack, this.#setBack);
    for (const entity of recordEntities.toReversed()) await this.#remove(entity, planned.get(entity)!.doomed);
    await this.#kept.save(this.#tx);
  }

  async #planFor(entity: RecordEntity): Promise<EntityUndo> {
    const plan: EntityUndo = { back: [], setBack: [], doomed: [] };
    for (let after = 0; ;) {
      const ids = await this.#tx.recordChanges.listRecordsOfRun(this.#runId, entity, after, perPiece);
      if (ids.length === 0) return plan;
      after = ids.at(-1)!;
      for (const { id, current, undo } of await this.#undosOf(entity, ids)) {
        if (undo.bringBack) plan.back.push({ before: undefined, after: asRecord({ ...undo.bringBack, id }) });
        if (undo.restore) plan.setBack.push({ before: current!, after: asRecord(undo.restore) });
        if (undo.remove) plan.doomed.push(id);
        if (undo.kept.length > 0) this.#keep(entity, current, id, undo);
      }
    }
  }

  async #undosOf(entity: RecordEntity, ids: readonly number[]): Promise<RecordUndo[]> {
    const tx = this.#tx;
    const records: AnyStored[] = await tx.records[entity].findByIds(ids);
    const standing = new Map(records.map((record) => [record.id, record]));
    const journal = await tx.recordChanges.mapByRecord(entity, ids);
    return ids.flatMap((id) => {
      const current = standing.get(id);
      const stands = current && { values: valuesIn(current), createdRun: current.createdRun };
      const done = doneByRun(this.#runId, stands, journal.get(id) ?? []);
      if (done === undefined) return [];
      this.touched++;
      return [{ id, current, undo: undoRecord(stands?.values, done) }];
    });
  }

  async #inPieces(
    entity: RecordEntity,
    changes: readonly WantedChange[],
    settle: (entity: RecordEntity, piece: readonly WantedChange[]) => Promise<WantedChange[]>,
  ): Promise<void> {
    for (let start = 0; start < changes.length; start += perPiece) {
      const piece = await settle(entity, changes.slice(start, start + perPiece));
      const settled = piece.map((change) => ({ about: 'record', entity, ...change }) as RecordPlanChange);
      for (const change of settled) await this.#see.changed(change);
      await applyRecordChanges(this.#tx, settled, this.#journal);
    }
  }

  /** What comes back whole: not where its identifier is taken, or something it refers to is gone. */
  readonly #bringBack = async (
    entity: RecordEntity,
    piece: readonly WantedChange[],
  ): Promise<WantedChange[]> => {
    const taken = await this.#takenBy(entity, piece);
    const missing = await this.#missingFrom(entity, piece);
    const back = piece.filter(({ after }) => {
      const code = taken.has(after.id)
        ? 'kept-identifier-taken'
        : referencesOf(after).some((reference) => missing.has(keyOf(reference)))
          ? 'kept-removed-since'
          : undefined;
      if (code !== undefined) this.#say(entity, after, code);
      return code === undefined;
    });
    this.counts.created += back.length;
    return back;
  };

  /** What is set back: identifiers that are taken, and references to what is gone, stay as they are. */
  readonly #setBack = async (
    entity: RecordEntity,
    piece: readonly WantedChange[],
  ): Promise<WantedChange[]> => {
    const taken = await this.#takenBy(entity, piece);
    const missing = await this.#missingFrom(entity, piece);
    this.counts.updated += piece.length;
    return piece.map(({ before, after }) => {
      let mended = after;
      if (taken.has(after.id)) {
        this.#say(entity, before!, 'kept-identifier-taken');
        mended = withIdentifierOf(before!, mended);
      }
      const gone = referencesOf(mended).filter((reference) => missing.has(keyOf(reference)));
      if (gone.length > 0) {
        this.#say(entity, before!, 'kept-removed-since');
        mended = withoutReferences(before!, mended, gone);
      }
      return { before, after: mended };
    });
  };

  async #remove(entity: RecordEntity, doomed: readonly number[]): Promise<void> {
    let left = doomed;
    // One may be in the way of another only until it is removed itself, in whichever piece.
    for (let before = -1; left.length > 0 && left.length !== before;) {
      before = left.length;
      const stay: number[] = [];
      for (let start = 0; start < left.length; start += perPiece) {
        stay.push(...(await this.#removePiece(entity, left.slice(start, start + perPiece))));
      }
      left = stay;
    }
    this.counts.removed += doomed.length - left.length;
    for (const record of await this.#find(entity, left)) this.#say(entity, record, 'kept-referred-since');
  }

  /** Gives the ids of those that something is in the way of. */
  async #removePiece(entity: RecordEntity, ids: readonly number[]): Promise<number[]> {
    const records = await this.#find(entity, ids);
    const removed = await removeRecords(this.#tx, entity, records as never, this.#journal);
    for (const record of records) if (removed.has(record.id)) await this.#see.removed(entity, record);
    return ids.filter((id) => !removed.has(id));
  }

  async #find(entity: RecordEntity, ids: readonly number[]): Promise<AnyStored[]> {
    return ids.length === 0 ? [] : await this.#tx.records[entity].findByIds(ids);
  }

  /** Ids of those whose identifier, where they get one, is another's by now. */
  async #takenBy(entity: RecordEntity, piece: readonly WantedChange[]): Promise<ReadonlySet<number>> {
    const wanted = piece.filter(
      ({ before, after }) => before === undefined || identifierOf(before) !== identifierOf(after),
    );
    if (wanted.length === 0) return new Set();
    const identifiers = wanted.map(({ after }) => identifierOf(after));
    const owners: ReadonlyMap<string, AnyRecord> =
      await this.#tx.records[entity].mapByIdentifier(identifiers);
    const isTaken = ({ after }: WantedChange) =>
      (owners.get(identifierOf(after))?.id ?? after.id) !== after.id;
    return new Set(wanted.filter(isTaken).map(({ after }) => after.id));
  }

  /** What the records would refer to and is neither there nor among them, as `entity id`. */
  async #missingFrom(entity: RecordEntity, piece: readonly WantedChange[]): Promise<ReadonlySet<string>> {
    const missing = new Set<string>();
    const references = piece.flatMap(({ after }) => referencesOf(after));
    for (const [of, some] of Map.groupBy(references, (reference) => reference.entity)) {
      const ids = [...new Set(some.map(({ id }) => id))];
      const found = new Set(of === entity ? piece.map(({ after }) => after.id) : []);
      const there = of === 'patron' ? await this.#tx.patrons.findByIds(ids) : await this.#find(of, ids);
      for (const { id } of there) found.add(id);
      for (const id of ids) if (!found.has(id)) missing.add(`${of} ${id}`);
    }
    return missing;
  }

  #keep(entity: RecordEntity, current: AnyRecord | undefined, id: number, { kept }: ValuesUndo): void {
    this.keptRecords++;
    const name = current === undefined ? String(id) : identifierOf(current);
    for (const { field, why } of kept) {
      const value = `${recordNouns[entity][0]} ${name}`;
      this.#kept.add({ code: `kept-${why}`, value, ...(field === undefined ? {} : { column: field }) });
    }
  }

  #say(
    entity: RecordEntity,
    record: AnyRecord,
    code: 'kept-identifier-taken' | 'kept-removed-since' | 'kept-referred-since',
  ): void {
    this.keptRecords++;
    this.#kept.add({ code, value: `${recordNouns[entity][0]} ${identifierOf(record)}` });
  }
}
