import type { ContactValues } from './contact.ts';
import { contactIdentity, sameContact } from './identity.ts';

/** Up to this many contacts a plain search is faster than a table. Nearly every patron has fewer. */
const scanMax = 8;

/**
 * Gives the function that finds the place of the last contact in the list with the identity of the given one
 * (I19), -1 where there is none. Its cost stays small for a patron with very many contacts.
 */
export function contactFinder(contacts: readonly ContactValues[]): (wanted: ContactValues) => number {
  if (contacts.length <= scanMax) {
    return (wanted) => {
      for (let i = contacts.length - 1; i >= 0; i--) if (sameContact(contacts[i]!, wanted)) return i;
      return -1;
    };
  }
  const places = new Map(contacts.map((contact, place) => [contactIdentity(contact), place]));
  return (wanted) => places.get(contactIdentity(wanted)) ?? -1;
}

/**
 * The places of the last of each identity, in list order; undefined where no identity stands twice, which
 * is nearly always.
 */
export function lastOfEach(contacts: readonly ContactValues[]): number[] | undefined {
  if (contacts.length < 2) return undefined;
  const find = contactFinder(contacts);
  let last: number[] | undefined;
  for (let i = 0; i < contacts.length; i++) {
    if (find(contacts[i]!) === i) last?.push(i);
    else last ??= Array.from({ length: i }, (_, place) => place);
  }
  return last;
}
