import {
  setsMemberAgain,
  setsValuesAgain,
  type UndoneValues,
} from '../domain/guard/redoes-undone-records.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import type { RecordPlanChange } from '../domain/plan/record-change.ts';
import type { RosterChange } from '../domain/plan/roster-change.ts';
import { identifierOf, recordEntities, type RecordTypes } from '../domain/records.ts';
import type { Values } from '../domain/undo/done-by-run.ts';
import { subjectOfKind } from '../ports/fingerprints.ts';
import type { JournalEntity, StoredRecordChange } from '../ports/record-changes.ts';
import { fileKinds, type ImportKindName } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

const recordsPerPiece = 500;

/** What the journal says of records and of the members of sections, by entity and id. */
export type RecordJournals = ReadonlyMap<string, readonly StoredRecordChange[]>;

/** For how many records and rosters a plan would do again what one undo took back. */
export class RecordRedoes {
  readonly #undoId: number;
  /** Records that it removed, as `entity identifier`. */
  readonly #removed: ReadonlySet<string>;
  #found = 0;

  private constructor(undoId: number, removed: ReadonlySet<string>) {
    this.#undoId = undoId;
    this.#removed = removed;
  }

  static async open(reader: TenantReader, undoId: number, kind: ImportKindName): Promise<RecordRedoes> {
    const aboutPatrons = fileKinds.some((name) => name === kind && subjectOfKind[name] === 'patron');
    return new RecordRedoes(undoId, aboutPatrons ? new Set() : await removedBy(reader, undoId));
  }

  /** All that is journalled of what the changes are about. */
  static async journalOf(reader: TenantReader, changes: readonly PlanChange[]): Promise<RecordJournals> {
    const wanted = Map.groupBy(changes.flatMap(aboutStored), ({ entity }) => entity);
    const journals = new Map<string, readonly StoredRecordChange[]>();
    for (const [entity, records] of wanted) {
      const ids = records.map(({ id }) => id);
      for (const [id, entries] of await reader.recordChanges.mapByRecord(entity, ids)) {
        journals.set(`${entity} ${id}`, entries);
      }
    }
    return journals;
  }

  get found(): number {
    return this.#found;
  }

  see(changes: readonly PlanChange[], journals: RecordJournals): void {
    for (const change of changes) {
      if (change.about === 'record' && this.#recordAgain(change, journals)) this.#found++;
      if (change.about === 'roster' && this.#rosterAgain(change, journals)) this.#found++;
    }
  }

  #recordAgain({ entity, before, after }: RecordPlanChange, journals: RecordJournals): boolean {
    if (before === undefined) return this.#removed.has(`${entity} ${identifierOf(after)}`);
    return this.#undoneOf(journals.get(`${entity} ${before.id}`)).some((undone) =>
      setsValuesAgain(undone, valuesIn(before), valuesIn(after)),
    );
  }

  #rosterAgain({ sectionId, creates, updates }: RosterChange, journals: RecordJournals): boolean {
    const entries = (journals.get(`member ${sectionId}`) ?? []).filter(({ runId }) => runId === this.#undoId);
    if (entries.length === 0) return false;
    const byPatron = Map.groupBy(entries, ({ patronId }) => patronId);
    const wasRemoved = (patronId: number) =>
      byPatron.get(patronId)?.some(({ action }) => action === 'removed');
    return (
      creates.some(({ patronId }) => wasRemoved(patronId)) ||
      updates.some((update) =>
        this.#undoneOf(byPatron.get(update.after.patronId)).some((undone) => setsMemberAgain(undone, update)),
      )
    );
  }

  #undoneOf(entries: readonly StoredRecordChange[] = []): UndoneValues[] {
    return entries.flatMap(({ runId, before, after }) =>
      runId === this.#undoId && before !== null && after !== null ? [{ before, after }] : [],
    );
  }
}

/** The record as a bag of values. */
function valuesIn(record: RecordTypes[keyof RecordTypes]): Values {
  return { ...record };
}

function aboutStored(change: PlanChange): { entity: JournalEntity; id: number }[] {
  if (change.about === 'patron') return [];
  const roster = change.about === 'roster';
  const id = roster ? change.sectionId : (change.before?.id ?? -1);
  return id < 0 ? [] : [{ entity: roster ? 'member' : change.entity, id }];
}

async function removedBy(reader: TenantReader, undoId: number): Promise<Set<string>> {
  const removed = new Set<string>();
  for (const entity of recordEntities) {
    for (let after = 0; ;) {
      const ids = await reader.recordChanges.listRecordsOfRun(undoId, entity, after, recordsPerPiece);
      const last = ids.at(-1);
      if (last === undefined) break;
      for (const entries of (await reader.recordChanges.mapByRecord(entity, ids)).values()) {
        for (const { runId, action, before } of entries) {
          if (runId !== undoId || action !== 'removed' || before === null) continue;
          removed.add(`${entity} ${String(before['uniqueIdentifier'] ?? before['name'])}`);
        }
      }
      after = last;
    }
  }
  return removed;
}
