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
import type { StoredPatron } from '../ports/patrons.ts';
import type { HandEdit, Written } from './hand-edits.ts';

/** A contact as it stands behind an edit, and whose it is. */
export interface EditedContact {
  readonly patron: StoredPatron;
  readonly contact: StoredContact;
}

/** Adds a contact by hand: a custom one (I12). Refused as `addContact` of the domain. */
export function contactAddition(who: string, values: NewContactValues): HandEdit<EditedContact> {
  return {
    ...ofPatron(who, (stored) => addContact(stored, values)),
    answer: ({ patron, contacts, plan }) => {
      const before = new Set(plan.contacts!.before.map(({ id }) => id));
      return { patron, contact: contacts.find(({ id }) => !before.has(id))! };
    },
  };
}

/** Changes a contact by hand, which makes it a custom one (I12). Refused as `changeContact` of the domain. */
export function contactChange(
  who: string,
  id: number,
  changes: Partial<ContactValues>,
): HandEdit<EditedContact> {
  return {
    ...ofPatron(who, (stored, patron) => {
      const before = stored.find((contact) => contact.id === id);
      return changeContact(stored, id, withoutShownNames(changes, before, patron));
    }),
    answer: ({ patron, contacts }) => ({ patron, contact: contacts.find((contact) => contact.id === id)! }),
  };
}

/** Removes a contact by hand. Refused as `removeContact` of the domain. */
export function contactRemoval(who: string, id: number): HandEdit<void> {
  return { ...ofPatron(who, (stored) => removeContact(stored, id)), answer: () => undefined };
}

/** An edit of the contacts of the patron that a path names. */
function ofPatron(
  who: string,
  planFor: (stored: readonly StoredContact[], patron: StoredPatron) => ContactPlan,
): Omit<HandEdit<Written>, 'answer'> {
  return {
    who,
    keys: {},
    plan: ({ patron, contacts }) => {
      const contactPlan = { before: contacts, plan: planFor(contacts, patron!) };
      return { before: patron, after: undefined, contacts: contactPlan };
    },
  };
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
