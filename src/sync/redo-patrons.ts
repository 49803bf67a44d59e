import { redoes, type UndoneOfPatron } from '../domain/guard/redoes-undo.ts';
import type { PatronChange } from '../domain/plan/patron-change.ts';
import { keyFields, type PatronValues } from '../domain/patron/patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { ImportKindName } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { recordRemovedBy } from './undo-changes.ts';

const patronsPerPiece = 500;

/** For how many patrons a plan would do again what one undo took back. */
export class PatronRedoes {
  readonly #undoId: number;
  /** Keys of patrons that it removed, as `field key`. */
  readonly #removedKeys: ReadonlySet<string>;
  #found = 0;

  private constructor(undoId: number, removedKeys: ReadonlySet<string>) {
    this.#undoId = undoId;
    this.#removedKeys = removedKeys;
  }

  static async open(reader: TenantReader, undoId: number, kind: ImportKindName): Promise<PatronRedoes> {
    const removed = kind === 'patrons' ? await keysRemovedBy(reader, undoId) : new Set<string>();
    return new PatronRedoes(undoId, removed);
  }

  get found(): number {
    return this.#found;
  }

  see(changes: readonly PatronChange[], journal: ReadonlyMap<number, readonly StoredChange[]>): void {
    for (const change of changes) {
      if (this.#doesAgain(change, journal.get(change.patronId ?? 0) ?? [])) this.#found++;
    }
  }

  #doesAgain(change: PatronChange, journal: readonly StoredChange[]): boolean {
    const { record } = change;
    if (record !== undefined && record.before === undefined) {
      return keysOf(record.after).some((key) => this.#removedKeys.has(key));
    }
    return redoes(change, undoneBy(this.#undoId, change, journal));
  }
}

function undoneBy(
  undoId: number,
  { contacts }: PatronChange,
  journal: readonly StoredChange[],
): UndoneOfPatron {
  const subjects = journal.filter(({ runId }) => runId === undoId).map(({ subject }) => subject);
  const standing = (contacts?.before ?? []) as readonly StoredContact[];
  return {
    records: subjects.flatMap((subject) =>
      subject.entity === 'patron' && subject.action !== 'created' && subject.action !== 'removed'
        ? [subject]
        : [],
    ),
    contactsSetBack: subjects.flatMap((subject) =>
      subject.entity === 'contact' && subject.action === 'updated' ? [subject] : [],
    ),
    contactsRemoved: subjects.flatMap((subject) =>
      subject.entity === 'contact' && subject.action === 'removed' ? [subject.before] : [],
    ),
    broughtBack: new Set([
      ...subjects.flatMap((subject) =>
        subject.entity === 'contact' && subject.action === 'created' ? [subject.after.id] : [],
      ),
      // Of a patron that it brought back, and of undos that were made before their returns were journalled.
      ...standing.filter(({ createdRun }) => createdRun === undoId).map(({ id }) => id),
    ]),
  };
}

async function keysRemovedBy(reader: TenantReader, undoId: number): Promise<Set<string>> {
  const keys = new Set<string>();
  for (let after = 0; ;) {
    const ids = await reader.changes.listPatronsOfRun(undoId, after, patronsPerPiece);
    const last = ids.at(-1);
    if (last === undefined) return keys;
    for (const entries of (await reader.changes.mapByPatron(ids)).values()) {
      const removed = recordRemovedBy(undoId, entries);
      if (removed !== undefined) for (const key of keysOf(removed)) keys.add(key);
    }
    after = last;
  }
}

function keysOf(record: PatronValues): string[] {
  return keyFields.flatMap((field) => {
    const key = foldKey(record[field]);
    return key === '' ? [] : [`${field} ${key}`];
  });
}
