import { romanise } from '../text/fold.ts';
import type { ContactValues } from './contact.ts';

type Identified = Pick<ContactValues, 'type' | 'role' | 'contact'>;

/**
 * What makes two contacts of a patron the same one: type, role and contact, compared romanised (I17) and
 * without regard to case (I19). Stored as `importedAs`, so its form must not change.
 */
export function contactIdentity(values: Identified): string {
  return `${values.type}:${values.role}:${foldContact(values.contact)}`;
}

/** Whether two contacts have one identity, without building it where that is not needed. */
export function sameContact(a: Identified, b: Identified): boolean {
  return (
    a.type === b.type &&
    a.role === b.role &&
    (a.contact === b.contact || foldContact(a.contact) === foldContact(b.contact))
  );
}

function foldContact(contact: string): string {
  return romanise(contact).toLowerCase();
}
