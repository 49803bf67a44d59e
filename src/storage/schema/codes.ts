import { termStatuses } from '../../domain/access/term.ts';
import { bccChoices, contactOrigins, contactRoles, contactTypes } from '../../domain/contact/contact.ts';
import { patronRoles, patronStatuses } from '../../domain/patron/patron.ts';
import { accessTargetKinds } from '../../ports/access.ts';
import { journalEntities, recordActions } from '../../ports/record-changes.ts';

/**
 * A small set of words stored as the numbers 1, 2, 3 … in the order of its list. Append to such a list,
 * never reorder it: the numbers are in every database.
 */
function coded<T extends string>(words: readonly T[]) {
  const numbers = new Map(words.map((word, index) => [word, index + 1]));
  return {
    toNumber: (word: T): number => numbers.get(word)!,
    toWord(stored: number): T {
      const word = words[stored - 1];
      if (word === undefined) throw new Error(`stored code ${stored} is none of ${words.join(', ')}`);
      return word;
    },
  };
}

export const contactTypeCode = coded(contactTypes);
export const contactRoleCode = coded(contactRoles);
export const bccCode = coded(bccChoices);
export const originCode = coded(contactOrigins);
export const patronRoleCode = coded(patronRoles);
export const patronStatusCode = coded(patronStatuses);
export const termStatusCode = coded(termStatuses);
/** Entries of sets have one kind more than what is asked for: sets nested in them. */
export const entryKindCode = coded([...accessTargetKinds, 'authorization-set']);
export const entityCode = coded(journalEntities);
export const recordActionCode = coded(recordActions);
export const turnCode = coded(['start', 'end'] as const);
