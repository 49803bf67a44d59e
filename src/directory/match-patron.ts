import { keyFields, type KeyField } from '../domain/patron/patron.ts';
import type { PatronLookup } from '../ports/patron-lookup.ts';
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
