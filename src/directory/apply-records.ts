import {
  statusOfRecord,
  termOf,
  actionOf,
  type RecordPlanChange,
  type StatusOf,
} from '../domain/plan/record-change.ts';
import { identifierOf, recordEntities, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import { mapIds } from '../domain/shown-records.ts';
import type { Actor } from '../ports/changes.ts';
import type { Provenance } from '../ports/patrons.ts';
import type { RecordChange } from '../ports/record-changes.ts';
import type { FileKindName } from '../ports/runs.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { PlannedIds } from './planned-ids.ts';

/** Who does it, when, and by which run; imports need no entry for what they create. */
export interface RecordJournal {
  /** Null where no run is behind it: by hand, or by a single request. */
  readonly runId: number | null;
  readonly at: number;
  readonly actor: Actor;
  readonly journalCreations: boolean;
  /** Of the day on which it is done (W2). */
  readonly statusOf: StatusOf;
  /** The kind whose import writes what its own file says; it keeps its fingerprints up to date by itself. */
  readonly importing?: FileKindName | undefined;
  /** Of what the same run has made so far; what is made here is added. */
  readonly ids?: PlannedIds;
}

/**
 * Writes changes of records, each record at most once a call, with the journal of what stood before: the one
 * place where records are written, whether by a file, by hand or by an undo. Whatever the order of the changes,
 * each is written after those it may refer to. Gives the ids in the order of the changes.
 */
export async function applyRecordChanges(
  tx: TenantTransactor,
  changes: readonly RecordPlanChange[],
  journal: RecordJournal,
): Promise<number[]> {
  const ids = journal.ids ?? new PlannedIds();
  const byEntity = Map.groupBy(changes, ({ entity }) => entity);
  for (const entity of recordEntities) {
    const ofEntity = byEntity.get(entity);
    if (ofEntity !== undefined)
      await writeOf(tx, entity, ofEntity as readonly Change<typeof entity>[], journal, ids);
  }
  return changes.map(({ after }) => ids.idOf(after.id));
}

interface Change<E extends RecordEntity> {
  readonly before: RecordTypes[E] | undefined;
  readonly after: RecordTypes[E];
}
type Update<E extends RecordEntity> = Change<E> & { readonly before: RecordTypes[E] };

async function writeOf<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  changes: readonly Change<E>[],
  journal: RecordJournal,
  ids: PlannedIds,
): Promise<void> {
  await giveIds(tx, entity, changes, ids);
  const stands = (record: RecordTypes[E]) => mapIds(valuesOf(record), (id) => ids.idOf(id));
  const done = changes.map(({ before, after }) => ({
    before: before && stands(before),
    after: stands(after),
  }));
  const made = done.filter(({ before }) => before === undefined).map(({ after }) => after);
  const updated = done.filter((change): change is Update<E> => change.before !== undefined);
  const stored = (record: RecordTypes[E]) => ({
    ...record,
    status: statusOfRecord(record, journal.statusOf),
  });
  const { runId, at } = journal;
  // New ones first: a set that is changed may be given one of them to nest.
  if (made.length > 0) {
    await tx.records[entity].insert(made.map(stored), { createdRun: runId, createdAt: at });
  }
  if (updated.length > 0)
    await tx.records[entity].update(
      updated.map(({ after }) => stored(after)),
      at,
    );
  await tx.recordChanges.append([
    ...updated.map((change) => updateEntry(entity, change, journal)),
    ...(journal.journalCreations ? made : []).map((after) =>
      entry(journal, { entity, recordId: after.id, action: 'created', before: null, after }),
    ),
  ]);
  await touchFingerprints(tx, entity, updated, journal);
}

/**
 * Removes records that nothing refers to, with the journal of what they were. Those of which something is still in the
 * way are left; gives which were removed.
 */
export async function removeRecords<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  records: readonly (RecordTypes[E] & Provenance)[],
  journal: RecordJournal,
): Promise<ReadonlySet<number>> {
  const removed = new Set<number>();
  // One may have been in the way of another only until it was removed itself.
  for (let left = records; left.length > 0;) {
    const referred = new Set(await tx.records[entity].listReferred(left.map(({ id }) => id)));
    const free = left.filter(({ id }) => !referred.has(id));
    if (free.length === 0) break;
    await tx.records[entity].remove(free.map(({ id }) => id));
    await tx.recordChanges.append(free.map((record) => removalEntry(entity, record, journal)));
    for (const { id } of free) removed.add(id);
    left = left.filter(({ id }) => referred.has(id));
  }
  // Rows of any kind may name them.
  if (removed.size > 0) await tx.fingerprints.forget([...recordEntities, 'roster']);
  return removed;
}

function removalEntry<E extends RecordEntity>(
  entity: E,
  record: RecordTypes[E] & Provenance,
  journal: RecordJournal,
): RecordChange {
  const { id: recordId, createdRun, createdAt } = record;
  const before = { ...valuesOf<E>(record), createdRun, createdAt };
  return entry(journal, { entity, recordId, action: 'removed', before, after: null });
}

/** Numbers those that are yet to be made; one that comes back from an earlier life has its id. */
async function giveIds<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  changes: readonly Change<E>[],
  ids: PlannedIds,
): Promise<void> {
  const unnumbered = changes.filter(({ before, after }) => before === undefined && after.id < 0);
  if (unnumbered.length === 0) return;
  let next = await tx.allocateIds(entity, unnumbered.length);
  for (const { after } of unnumbered) ids.stored(after.id, next++);
}

function updateEntry<E extends RecordEntity>(
  entity: E,
  { before, after }: Update<E>,
  journal: RecordJournal,
): RecordChange {
  const action = actionOf(termOf(before), termOf(after), journal.statusOf);
  return entry(journal, { entity, recordId: after.id, action, before, after });
}

/** The values alone, without what a store adds to them. */
function valuesOf<E extends RecordEntity>(record: RecordTypes[E]): RecordTypes[E] {
  const {
    createdRun: _run,
    createdAt: _at,
    updatedAt: _updated,
    status: _status,
    ...values
  } = record as RecordTypes[E] & Partial<Provenance & { updatedAt: number; status: unknown }>;
  return values as RecordTypes[E];
}

function entry(
  { runId, at, actor }: RecordJournal,
  what: Pick<RecordChange, 'entity' | 'recordId' | 'action'> & {
    before: object | null;
    after: object | null;
  },
): RecordChange {
  return { runId, at, actor, patronId: null, ...what } as RecordChange;
}

async function touchFingerprints<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  updated: readonly Update<E>[],
  { importing }: RecordJournal,
): Promise<void> {
  const ownRows = entity === 'group' ? updated.filter(isMoreThanPrimary) : updated;
  await tx.fingerprints.touched(
    entity,
    ownRows.map(({ after }) => after.id),
    importing,
  );
  // Rows of any other kind may name it, and would mean something else now (W9).
  if (updated.some(({ before, after }) => identifierOf(before) !== identifierOf(after))) {
    await tx.fingerprints.forget([...recordEntities, 'roster']);
  }
  const sets = updated.flatMap(primaryMoved);
  await tx.fingerprints.touched('authorization-set', sets, importing);
}

/** W14: which set is primary is said by the rows of sets, not by those of groups. */
function isMoreThanPrimary({ before, after }: Update<RecordEntity>): boolean {
  const { primarySetId } = after as RecordTypes['group'];
  return JSON.stringify({ ...before, primarySetId }) !== JSON.stringify(after);
}

/** The sets that a group lost and got as its primary one. */
function primaryMoved({ before, after }: Update<RecordEntity>): number[] {
  if (!('primarySetId' in before) || !('primarySetId' in after)) return [];
  if (before.primarySetId === after.primarySetId) return [];
  return [before.primarySetId, after.primarySetId].filter((id) => id !== null);
}
