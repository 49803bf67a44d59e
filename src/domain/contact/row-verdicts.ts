import type { RowNote, RowResult } from '../outcome.ts';
import { contactFinder } from './contact-finder.ts';
import type { DeclaredContact } from './parse-contact-row.ts';

/** What may have to be said about a row that was applied. */
interface Said {
  readonly customKept?: boolean;
  readonly demoted?: boolean;
  readonly elected?: boolean;
  readonly nothingRemoved?: boolean;
}

/** The notes of an applied row: its own, then what the plan has to say about it. */
export function rowNotes(row: DeclaredContact, said: Said): readonly RowNote[] {
  if (!said.customKept && !said.demoted && !said.elected && !said.nothingRemoved) return row.notes;
  const notes = [...row.notes];
  // I12
  if (said.customKept) notes.push({ code: 'custom-kept', value: row.contact });
  // I11
  if (said.demoted) notes.push({ code: 'primary-demoted', value: row.contact });
  if (said.elected) notes.push({ code: 'primary-elected', value: row.contact });
  // I10
  if (said.nothingRemoved) notes.push({ code: 'nothing-removed' });
  return notes;
}

/**
 * I19: the verdicts on all declared rows from those on the rows that count, which stand at the places
 * `last`: an earlier row with the same identity fares as the one that counts, and both say so.
 */
export function withSuperseded(
  declared: readonly DeclaredContact[],
  last: readonly number[],
  verdicts: readonly RowResult[],
): RowResult[] {
  const find = contactFinder(declared);
  const counting = new Map(last.map((place, index) => [place, verdicts[index]!]));
  const twins = new Map<RowResult, number>();
  const results = declared.map((row, place): RowResult => {
    const verdict = counting.get(find(row))!;
    if (counting.has(place)) return verdict;
    twins.set(verdict, row.row);
    return { ...verdict, row: row.row, notes: [...row.notes, duplicateOf(row, verdict.row)] };
  });
  return results.map((result, place) => {
    const twin = twins.get(result);
    if (twin === undefined) return result;
    return { ...result, notes: [...result.notes, duplicateOf(declared[place]!, twin)] };
  });
}

function duplicateOf(row: DeclaredContact, other: number): RowNote {
  return { code: 'contact-duplicate', value: row.contact, suggestion: String(other) };
}

/** All verdicts of a patron in row order. */
export function withFailed(applied: RowResult[], failed: readonly RowResult[]): readonly RowResult[] {
  return failed.length === 0 ? applied : [...applied, ...failed].toSorted((a, b) => a.row - b.row);
}
