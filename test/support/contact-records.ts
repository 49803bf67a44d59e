import type { Contact, ContactValues } from '../../src/domain/contact/contact.ts';
import type { ContactPlan } from '../../src/domain/contact/contact-plan.ts';
import type { DeclaredContact } from '../../src/domain/contact/parse-contact-row.ts';
import { ANY } from '../../src/domain/contact/scenarios.ts';

/** What a contact says, an e-mail of the patron's own unless told otherwise. */
export function values(contact: string, more: Partial<ContactValues> = {}): ContactValues {
  return {
    type: 'EMAIL',
    role: 'PATRON',
    primary: false,
    addressee: '',
    contact,
    bcc: 'SCHOOL_DEFAULT',
    sms: false,
    scenarios: ANY,
    ...more,
  };
}

/** A stored contact, imported unless told otherwise. */
export function stored(id: number, contact: string, more: Partial<Contact> = {}): Contact {
  return { ...values(contact), id, origin: 'imported', importedAs: null, ...more };
}

/** A good row of a file. */
export function declared(row: number, contact: string, more: Partial<ContactValues> = {}): DeclaredContact {
  return { ...values(contact, more), row, notes: [] };
}

/** The patron's contacts after the plan, new ones numbered on from the highest id ever used. */
export function afterPlan(before: readonly Contact[], plan: ContactPlan, lastId = 0): Contact[] {
  const removed = new Set(plan.removes.map(({ id }) => id));
  const updated = new Map(plan.updates.map(({ after }) => [after.id, after]));
  let nextId = Math.max(lastId, ...before.map(({ id }) => id), 0) + 1;
  return [
    ...before.filter(({ id }) => !removed.has(id)).map((contact) => updated.get(contact.id) ?? contact),
    ...plan.creates.map(({ values: said, origin, importedAs, id }) => ({
      ...said,
      id: id ?? nextId++,
      origin,
      importedAs,
    })),
  ].toSorted((a, b) => a.id - b.id);
}

/** A contact in few letters, `*` for primary and `+` for custom. */
export function brief(contacts: readonly Contact[]): string[] {
  return contacts.map(
    ({ contact, primary, origin }) => contact + (primary ? '*' : '') + (origin === 'custom' ? '+' : ''),
  );
}
