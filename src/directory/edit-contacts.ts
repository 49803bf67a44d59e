import {
  addContact,
  changeContact,
  removeContact,
  type NewContactValues,
} from '../domain/contact/edit-contact.ts';
import type { ContactValues } from '../domain/contact/contact.ts';
import type { ContactPlan } from '../domain/contact/contact-plan.ts';
import { addresseeOf } from '../domain/contact/recipients.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { applyContactPlans } from './apply-contacts.ts';
import type { ByHand } from './save-patron.ts';

/** Adds a contact by hand: a custom one (I12). Refused as `addContact` of the domain. */
export async function addContactByHand(
  tx: TenantTransactor,
  patron: Patron,
  values: NewContactValues,
  by: ByHand,
): Promise<StoredContact> {
  const stored = await tx.contacts.listByPatron(patron.id);
  const [id] = await apply(tx, patron, stored, addContact(stored, values), by);
  return getStored(tx, patron, id!);
}

/** Changes a contact by hand, which makes it a custom one (I12). Refused as `changeContact` of the domain. */
export async function changeContactByHand(
  tx: TenantTransactor,
  patron: Patron,
  id: number,
  changes: Partial<ContactValues>,
  by: ByHand,
): Promise<StoredContact> {
  const stored = await tx.contacts.listByPatron(patron.id);
  const before = stored.find((contact) => contact.id === id);
  const plan = changeContact(stored, id, withoutShownNames(changes, before, patron));
  await apply(tx, patron, stored, plan, by);
  return getStored(tx, patron, id);
}

/** Removes a contact by hand. Refused as `removeContact` of the domain. */
export async function removeContactByHand(
  tx: TenantTransactor,
  patron: Patron,
  id: number,
  by: ByHand,
): Promise<void> {
  const stored = await tx.contacts.listByPatron(patron.id);
  await apply(tx, patron, stored, removeContact(stored, id), by);
}

/**
 * I18: the names that were shown in place of a blank addressee, sent back as they were shown, are not what
 * somebody entered: they must not be frozen.
 */
function withoutShownNames(
  changes: Partial<ContactValues>,
  before: StoredContact | undefined,
  patron: Patron,
): Partial<ContactValues> {
  if (before?.addressee !== '' || changes.addressee?.trim() !== addresseeOf(before, patron)) return changes;
  return { ...changes, addressee: '' };
}

function apply(
  tx: TenantTransactor,
  patron: Patron,
  before: readonly StoredContact[],
  plan: ContactPlan,
  by: ByHand,
): Promise<number[]> {
  return applyContactPlans(tx, [{ patronId: patron.id, before, plan }], {
    ...by,
    runId: null,
    journalCreations: true,
  });
}

async function getStored(tx: TenantTransactor, patron: Patron, id: number): Promise<StoredContact> {
  const contacts = await tx.contacts.listByPatron(patron.id);
  return contacts.find((contact) => contact.id === id)!;
}
