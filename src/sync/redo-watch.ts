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

/** An undo that stands, and nobody has approved since that its work be done again. */
interface OpenUndo {
  readonly id: number;
  readonly undone: number;
  /** Keys of patrons that it removed, as `field key`. */
  readonly removedKeys: ReadonlySet<string>;
  /** For how many patrons the plan would do again what it took back. */
  patrons: number;
}

/**
 * Finds whether a plan would do again what an undo took back, as a nightly file does whose source was not
 * mended. Once somebody has approved such a run, the undo is not asked about again; nor where the journal of it
 * is gone.
 */
export class RedoWatch {
  readonly #undos: readonly OpenUndo[];

  private constructor(undos: readonly OpenUndo[]) {
    this.#undos = undos;
  }

  static async open(reader: TenantReader, kind: ImportKindName, wanted: boolean): Promise<RedoWatch> {
    const undos: OpenUndo[] = [];
    for (const { id, undoes } of wanted ? await reader.runs.listOpenUndos(kind) : []) {
      const removedKeys = kind === 'patrons' ? await keysRemovedBy(reader, id) : new Set<string>();
      undos.push({ id, undone: undoes!, removedKeys, patrons: 0 });
    }
    return new RedoWatch(undos);
  }

  async see(reader: TenantReader, changes: readonly PatronChange[]): Promise<void> {
    if (this.#undos.length === 0 || changes.length === 0) return;
    const ids = changes.flatMap(({ patronId }) => patronId ?? []);
    const journal = await reader.changes.mapByPatron(ids);
    for (const change of changes) {
      const entries = journal.get(change.patronId ?? 0) ?? [];
      for (const undo of this.#undos) if (doesAgain(change, undo, entries)) undo.patrons++;
    }
  }

  get found(): { readonly undone: number; readonly patrons: number }[] {
    return this.#undos.filter(({ patrons }) => patrons > 0);
  }
}

function doesAgain(change: PatronChange, undo: OpenUndo, journal: readonly StoredChange[]): boolean {
  const { record } = change;
  if (record !== undefined && record.before === undefined) {
    return keysOf(record.after).some((key) => undo.removedKeys.has(key));
  }
  return redoes(change, undoneBy(undo.id, change, journal));
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
