import type { RowNote } from '../outcome.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { bccChoices, contactRoles, contactTypes } from './contact.ts';
import type { BccChoice, ContactRole, ContactType } from './contact.ts';

/** What a cell says: its value, or the note that fails its row. `notes` go with a value that was bent. */
export type Reading<T> =
  | { readonly ok: T; readonly notes?: readonly RowNote[]; readonly failed?: undefined }
  | { readonly ok?: undefined; readonly notes?: undefined; readonly failed: RowNote };

const booleans = ['TRUE', 'FALSE'] as const;

/** Words people write for TRUE and FALSE; they are suggested, never guessed. */
const meantBoolean = new Map<string, string>([
  ...['YES', 'Y', '1', 'T', 'ON'].map((word) => [word, 'TRUE'] as const),
  ...['NO', 'N', '0', 'F', 'OFF'].map((word) => [word, 'FALSE'] as const),
]);

/** I7: a contact type, whatever its case; PHOME, as the vendor's samples have it, is read as PHONE. */
export function parseType(cell: string): Reading<ContactType> {
  const value = cell.trim();
  if (value.toUpperCase() === 'PHOME') {
    return { ok: 'PHONE', notes: [{ code: 'type-read-as-phone', value }] };
  }
  return oneOf(value, contactTypes, 'type-invalid');
}

/** I7: a contact role, whatever its case. I13: blank is PATRON. */
export function parseRole(cell: string): Reading<ContactRole> {
  const value = cell.trim();
  return value === '' ? { ok: 'PATRON' } : oneOf(value, contactRoles, 'role-invalid');
}

/** I7: a bcc choice, whatever its case. I13: blank is SCHOOL_DEFAULT, whatever the tenant means by it. */
export function parseBcc(cell: string): Reading<BccChoice> {
  const value = cell.trim();
  return value === '' ? { ok: 'SCHOOL_DEFAULT' } : oneOf(value, bccChoices, 'bcc-invalid');
}

/** I7: TRUE or FALSE, whatever the case, and nothing else. I13: blank is FALSE. */
export function parseBoolean(cell: string): Reading<boolean> {
  const value = cell.trim();
  if (value === '') return { ok: false };
  const word = oneOf(value, booleans, 'boolean-invalid');
  return word.ok === undefined ? word : { ok: word.ok === 'TRUE' };
}

function oneOf<T extends string>(value: string, words: readonly T[], code: RowNote['code']): Reading<T> {
  const upper = value.toUpperCase();
  const found = words.find((word) => word === upper);
  if (found !== undefined) return { ok: found };
  const meant = (words as readonly string[]).includes('TRUE') ? meantBoolean.get(upper) : undefined;
  const suggestion = meant ?? nearestWord(upper, words);
  return { failed: { code, value, ...(suggestion === undefined ? {} : { suggestion }) } };
}
