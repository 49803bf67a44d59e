import type { Contact, ContactValues } from '../../src/domain/contact/contact.ts';
import type { ContactListChange, StoredContact } from '../../src/ports/contacts.ts';
import type { Provenance } from '../../src/ports/patrons.ts';
import type { TenantTransactor } from '../../src/ports/tenant-store.ts';

/** A contact to be stored, whoever made it and when. */
export interface NewContact extends ContactValues {
  readonly id: number;
  readonly patronId: number;
  readonly origin: Contact['origin'];
  readonly importedAs: string | null;
}

/** Adds contacts to the lists of their patrons. */
export function addContacts(
  tx: TenantTransactor,
  contacts: readonly NewContact[],
  by: Provenance,
): Promise<void> {
  const added = Map.groupBy(contacts, ({ patronId }) => patronId);
  return changeLists(tx, [...added.keys()], (before, patronId) =>
    [...before, ...added.get(patronId)!.map((one) => ({ ...one, ...by }))].toSorted((a, b) => a.id - b.id),
  );
}

/** Changes contacts where they stand; who made them stays. */
export function updateContacts(
  tx: TenantTransactor,
  contacts: readonly (Contact & { readonly patronId: number })[],
): Promise<void> {
  const changed = Map.groupBy(contacts, ({ patronId }) => patronId);
  return changeLists(tx, [...changed.keys()], (before, patronId) =>
    before.map((one) => ({ ...one, ...changed.get(patronId)!.find(({ id }) => id === one.id) })),
  );
}

export function removeContacts(
  tx: TenantTransactor,
  keys: readonly { readonly patronId: number; readonly id: number }[],
): Promise<void> {
  const gone = Map.groupBy(keys, ({ patronId }) => patronId);
  return changeLists(tx, [...gone.keys()], (before, patronId) =>
    before.filter(({ id }) => gone.get(patronId)!.every((key) => key.id !== id)),
  );
}

async function changeLists(
  tx: TenantTransactor,
  patronIds: readonly number[],
  change: (before: readonly StoredContact[], patronId: number) => readonly StoredContact[],
): Promise<void> {
  const stored = await tx.contacts.mapByPatron(patronIds);
  const lists = patronIds.map((patronId): ContactListChange => {
    const before = stored.get(patronId) ?? [];
    return { patronId, before, after: change(before, patronId) };
  });
  await tx.contacts.saveLists(lists);
}
