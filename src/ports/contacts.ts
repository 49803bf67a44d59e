import type { Contact, ContactValues } from '../domain/contact/contact.ts';
import type { Provenance } from './patrons.ts';

export type StoredContact = Contact & Provenance & { readonly patronId: number };

export interface ContactReader {
  /** Contacts of one patron in the order they were made. */
  listByPatron(patronId: number): Promise<StoredContact[]>;
  /** Bulk: patron id → contacts in the order they were made; patrons without any are missing. */
  mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredContact[]>>;
  /** Ids of patrons that have imported contacts, in id order after `afterId`. */
  listPatronsWithImported(afterId: number, limit: number): Promise<number[]>;
  count(): Promise<number>;
}

export interface NewContact extends ContactValues {
  readonly id: number;
  readonly patronId: number;
  readonly origin: Contact['origin'];
  readonly importedAs: string | null;
}

export interface ContactWriter {
  /** Bulk insert; ids come from `allocateIds('contact', n)`; fastest in (patronId, id) order. */
  insert(contacts: readonly NewContact[], provenance: Provenance): Promise<void>;
  /** Bulk update of whole records, by patron and id. */
  update(contacts: readonly (Contact & { patronId: number })[]): Promise<void>;
  remove(keys: readonly { readonly patronId: number; readonly id: number }[]): Promise<void>;
}
