import type { ContactRunChanges } from '../domain/contact/undo-contacts.ts';
import type { Contact } from '../domain/contact/contact.ts';
import type { Patron } from '../domain/patron/patron.ts';
import { keyFields } from '../domain/patron/patron.ts';
import type { PatronRunChange } from '../domain/patron/undo-patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { Provenance, StoredPatron } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { asBefore, asLeft, composed } from './composed-changes.ts';

/**
 * What the run did to the patron's contacts on the whole, from the journal and from who made what stands now. A run of
 * single writes may have changed the same contact several times.
 */
export function contactsOfRun(
  runId: number,
  contacts: readonly StoredContact[],
  changes: readonly StoredChange[],
): ContactRunChanges {
  const updated = new Map<number, { before: Contact; after: Contact }>();
  const removed = new Map<number, Contact>();
  // What an undo has brought back is still of the run that had made it.
  const broughtBack = new Map<number, Contact>();
  for (const { runId: by, subject } of changes) {
    if (by !== runId || subject.entity !== 'contact') continue;
    if (subject.action === 'created') broughtBack.set(subject.after.id, subject.after);
    if (subject.action === 'updated') {
      const { id } = subject.after;
      updated.set(id, composed(updated.get(id), subject));
    }
    if (subject.action !== 'removed') continue;
    const { before: gone } = subject;
    // One that the run had made itself leaves nothing to bring back.
    if (gone.createdRun !== runId) removed.set(gone.id, asBefore(gone, updated.get(gone.id)));
    updated.delete(gone.id);
  }
  const created = contacts
    .filter(({ id, createdRun }) => createdRun === runId || broughtBack.has(id))
    .map((contact) => {
      const own = updated.get(contact.id);
      updated.delete(contact.id);
      const isMade = contact.createdRun === runId;
      return asLeft(isMade ? asCreated(contact, changes) : broughtBack.get(contact.id)!, own);
    });
  return { created, updated: [...updated.values()], removed: [...removed.values()] };
}

/** The contact as it was made: what the first later change found, else what stands. */
function asCreated(contact: StoredContact, changes: readonly StoredChange[]): Contact {
  const own = changes.filter(
    ({ subject }) =>
      subject.entity === 'contact' &&
      ('before' in subject ? subject.before : subject.after).id === contact.id,
  );
  const isEarlierLife = ({ subject }: StoredChange) =>
    subject.entity === 'contact' &&
    subject.action === 'removed' &&
    subject.before.createdRun !== contact.createdRun;
  return (foundFirst(own, isEarlierLife) as Contact | undefined) ?? contact;
}

/** The contacts that the run removed, by their ids, with who had made them. */
export function makersOfRemoved(runId: number, changes: readonly StoredChange[]): Map<number, Provenance> {
  const makers = new Map<number, Provenance>();
  for (const { runId: by, subject } of changes) {
    if (by !== runId || subject.entity !== 'contact' || subject.action !== 'removed') continue;
    const { id, createdRun, createdAt } = subject.before;
    makers.set(id, { createdRun, createdAt });
  }
  return makers;
}

/**
 * What the first change to a record found, of those since it was made: an undo brings records back under their
 * old ids, so entries up to the last removal that ended an earlier life do not speak of this one.
 */
function foundFirst(
  entries: readonly StoredChange[],
  endsEarlierLife = ({ subject }: StoredChange) => subject.action === 'removed',
): Patron | Contact | undefined {
  const lastRemoval = entries.findLastIndex(endsEarlierLife);
  for (const { subject } of entries.slice(lastRemoval + 1)) {
    if ('before' in subject) return subject.before;
  }
  return undefined;
}

/** What the run did to the patron record on the whole. */
export function patronChangesOfRun(
  runId: number,
  patron: StoredPatron,
  changes: readonly StoredChange[],
): PatronRunChange[] {
  let own: { before: Patron; after: Patron } | undefined;
  let action: 'updated' | 'inactivated' = 'updated';
  for (const { runId: by, subject } of changes) {
    if (by !== runId || subject.entity !== 'patron') continue;
    if (subject.action !== 'updated' && subject.action !== 'inactivated') continue;
    own = composed(own, subject);
    if (subject.action === 'inactivated') action = 'inactivated';
  }
  // An import's own creations are not journalled: the record says who made it, later entries what it was.
  if (patron.createdRun === runId) {
    const entries = changes.filter(({ subject }) => subject.entity === 'patron');
    const made = (foundFirst(entries) as Patron | undefined) ?? patron;
    return [{ action: 'created', after: asLeft(made, own) }];
  }
  return own === undefined ? [] : [{ action, ...own }];
}

/** The stored patrons that have a key of one of the records, as `findClashes` asks for them. */
export async function ownersOf(
  reader: TenantReader,
  records: readonly Pick<Patron, (typeof keyFields)[number]>[],
) {
  const stored = new Map<string, Map<string, StoredPatron>>();
  for (const field of keyFields) {
    const keys = records.map((record) => foldKey(record[field])).filter((key) => key !== '');
    stored.set(field, keys.length === 0 ? new Map() : await reader.patrons.mapByKey(field, keys));
  }
  return (field: (typeof keyFields)[number], folded: string) => stored.get(field)?.get(folded);
}

/** The patron as it stood when the run removed it; undefined where it did not. */
export function recordRemovedBy(runId: number, changes: readonly StoredChange[]): Patron | undefined {
  for (const { runId: by, subject } of changes.toReversed()) {
    if (by === runId && subject.entity === 'patron' && subject.action === 'removed') return subject.before;
  }
  return undefined;
}
