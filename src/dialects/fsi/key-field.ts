import { matchFields, type MatchField } from '../../directory/match-patron.ts';
import type { FsiInput } from './action.ts';
import { FsiRefusal, readText } from './members.ts';

/** F12: which field a patron is looked for by; none but the five. */
export function readKeyField(input: FsiInput): MatchField {
  const text = readText(input, 'keyfield') ?? '';
  const field = matchFields.find((name) => name === text.toLowerCase());
  if (field !== undefined) return field;
  throw new FsiRefusal(`The member keyfield must be one of ${matchFields.join(', ')}.`);
}

/** What is said where none or several match, here and in `setpatron`. */
export const notFound = 'Patron not found.';

export function severalMatch(field: MatchField): string {
  return `The ${field} matches more than one patron; look the patron up by barcode, username or externalid.`;
}
