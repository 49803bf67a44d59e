import { keyFields, type KeyField } from '../domain/patron/patron.ts';
import type { ContactReader } from '../ports/contacts.ts';
import type { PatronLookup, PatronWithContacts } from '../ports/patron-lookup.ts';
import type { PatronReader, StoredPatron } from '../ports/patrons.ts';

/** What a patron can be asked for by; of the last two, several patrons may have the same (S4). */
export const matchFields = [...keyFields, 'email', 'fullname'] as const;
export type MatchField = KeyField | 'email' | 'fullname';

/**
 * The patrons whose field is exactly `value`, after trimming and without regard to case (F12): none for a blank
 * one, and at most two, since one too many is all there is to know.
 */
export async function matchPatrons(
  { patrons, lookup }: { readonly patrons: PatronReader; readonly lookup: PatronLookup },
  field: MatchField,
  value: string,
): Promise<readonly StoredPatron[]> {
  if (field === 'email') return lookup.listByEmail(value, 2);
  if (field === 'fullname') return lookup.listByFullName(value, 2);
  const patron = await patrons.findByKey(field, value);
  return patron === undefined ? [] : [patron];
}

/** The same with their contacts, by as few reads as may be. */
export async function matchWithContacts(
  reader: {
    readonly patrons: PatronReader;
    readonly lookup: PatronLookup;
    readonly contacts: ContactReader;
  },
  field: MatchField,
  value: string,
): Promise<readonly PatronWithContacts[]> {
  if (field !== 'fullname') return reader.lookup.listWithContacts(field, value, 2);
  const patrons = await matchPatrons(reader, field, value);
  const contacts = await reader.contacts.mapByPatron(patrons.map(({ id }) => id));
  return patrons.map((patron) => ({ patron, contacts: contacts.get(patron.id) ?? [] }));
}
