import type { Contact } from './contact.ts';
import { contactFinder } from './contact-finder.ts';
import { contactIdentity } from './identity.ts';
import type { DeclaredContact } from './parse-contact-row.ts';

/** Which stored contact a row is about; neither: the row is a new contact. */
export interface RowMatch {
  /** The stored contact that the row becomes, in place. */
  readonly takes?: Contact;
  /** The custom contact that says what the row says and is left as it is. */
  readonly leaves?: Contact;
}

const isNew: RowMatch = {};

export interface MatchRules {
  /** Custom contacts are left alone (I12); otherwise a row equal to one makes it imported again. */
  readonly keepsCustom: boolean;
  /** Nothing stored may go, not even an old value (I10). */
  readonly removesNothing: boolean;
}

/**
 * I12: finds for each row the stored contact it is about: the one of its identity, else a custom one that
 * was imported with that identity before a hand changed it. No stored contact is taken twice. No two of the
 * rows may have one identity.
 */
export function matchStored(
  rows: readonly DeclaredContact[],
  stored: readonly Contact[],
  rules: MatchRules,
): RowMatch[] {
  if (stored.length === 0) return rows.map(() => isNew);
  const find = contactFinder(stored);
  const matches = rows.map((row): RowMatch => {
    const same = stored[find(row)];
    if (same === undefined) return isNew;
    return rules.keepsCustom && same.origin === 'custom' ? { leaves: same } : { takes: same };
  });
  if (stored.some((contact) => contact.importedAs !== null)) matchFormer(rows, stored, rules, matches);
  return matches;
}

/** Gives rows that are still new the custom contact which came with their identity. */
function matchFormer(
  rows: readonly DeclaredContact[],
  stored: readonly Contact[],
  { keepsCustom, removesNothing }: MatchRules,
  matches: RowMatch[],
): void {
  const taken = new Set(matches.map((match) => match.takes));
  const former = new Map<string, Contact>();
  for (const contact of stored) {
    if (contact.importedAs !== null && !taken.has(contact)) former.set(contact.importedAs, contact);
  }
  rows.forEach((row, index) => {
    if (matches[index] !== isNew) return;
    const contact = former.get(contactIdentity(row));
    if (contact === undefined) return;
    if (keepsCustom) matches[index] = { leaves: contact };
    // I10: going back to the imported value would remove the one a hand gave it.
    else if (!removesNothing) matches[index] = { takes: contact };
  });
}
