import type { Contact } from '../domain/contact/contact.ts';
import type { Provenance } from './patrons.ts';

export type StoredContact = Contact & Provenance & { readonly patronId: number };

export interface PatronContacts {
  readonly patronId: number;
  /** In the order they were made. */
  readonly contacts: readonly StoredContact[];
}

export interface ContactReader {
  /** Contacts of one patron in the order they were made. */
  listByPatron(patronId: number): Promise<StoredContact[]>;
  /** Bulk: patron id → contacts in the order they were made; patrons without any are missing. */
  mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredContact[]>>;
  /** Bulk: folded username → the patron's id and contacts. Unknown usernames are missing; blank ones never found. */
  mapByUsername(foldedUsernames: readonly string[]): Promise<Map<string, PatronContacts>>;
  /** Ids of patrons that have imported contacts, in id order after `afterId`. */
  listPatronsWithImported(afterId: number, limit: number): Promise<number[]>;
  count(): Promise<number>;
  /** Whether nobody has any contact. */
  isEmpty(): Promise<boolean>;
}

/** What becomes of one patron's contacts: all that stood before, and all that stand afterwards, in their order. */
export interface ContactListChange {
  readonly patronId: number;
  readonly before: readonly StoredContact[];
  readonly after: readonly StoredContact[];
}

export interface ContactWriter {
  /** Bulk: each patron at most once, fastest in order of their ids. New ids come from `allocateIds('contact', n)`. */
  saveLists(changes: readonly ContactListChange[]): Promise<void>;
}
