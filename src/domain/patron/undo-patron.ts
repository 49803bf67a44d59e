import { patronFields } from './merge-patron.ts';
import type { Patron, PatronValues } from './patron.ts';

/** What a run did to one patron record. */
export type PatronRunChange =
  | { readonly action: 'created'; readonly after: PatronValues }
  | {
      readonly action: 'updated' | 'inactivated';
      readonly before: PatronValues;
      readonly after: PatronValues;
    };

/** Something that an undo leaves as it is: one field, or the patron as a whole. */
export interface KeptField {
  readonly field: keyof PatronValues | 'patron';
  readonly why: KeptReason;
}

/**
 * `changed-since`: another value was set after the run. `touched-since`: a later run or hand worked on the
 * patron or its contacts. `removed-since`: the patron is no longer there.
 */
export type KeptReason = 'changed-since' | 'touched-since' | 'removed-since';

export interface PatronUndo {
  /** The whole record to write; missing when there is nothing to put back. */
  readonly restore?: PatronValues;
  readonly remove?: true;
  readonly kept: readonly KeptField[];
}

/**
 * Three-way undo of one patron record, field by field: what still stands as the run left it goes back to
 * what it was before; what was changed since stays and is listed. A patron the run created is removed
 * only when nothing of it was changed and `touchedSince` (a later run or hand worked on it or on its
 * contacts, or made it a member or contact person) is false. Keys put back may have been taken meanwhile: the caller asks `findClashes`.
 */
export function undoPatron(
  current: Patron | undefined,
  change: PatronRunChange,
  touchedSince: boolean,
): PatronUndo {
  if (change.action === 'created') return undoCreated(current, change.after, touchedSince);
  if (current === undefined) return { kept: [{ field: 'patron', why: 'removed-since' }] };
  return undoUpdated(current, change.before, change.after);
}

function undoCreated(
  current: PatronValues | undefined,
  after: PatronValues,
  touchedSince: boolean,
): PatronUndo {
  // Gone already is what the undo wanted.
  if (current === undefined) return { kept: [] };
  const kept: KeptField[] = patronFields
    .filter((field) => current[field] !== after[field])
    .map((field) => ({ field, why: 'changed-since' }));
  if (kept.length > 0) return { kept };
  if (touchedSince) return { kept: [{ field: 'patron', why: 'touched-since' }] };
  return { remove: true, kept: [] };
}

function undoUpdated(current: PatronValues, before: PatronValues, after: PatronValues): PatronUndo {
  const kept: KeptField[] = [];
  const back: Partial<Record<keyof PatronValues, string>> = {};
  for (const field of patronFields) {
    // Not of the run's making, or back already.
    if (before[field] === after[field] || current[field] === before[field]) continue;
    if (current[field] === after[field]) back[field] = before[field];
    else kept.push({ field, why: 'changed-since' });
  }
  if (Object.keys(back).length === 0) return { kept };
  return { restore: { ...recordOf(current), ...(back as Partial<PatronValues>) }, kept };
}

/** The fields alone, whatever else the given object carries. */
function recordOf(patron: PatronValues): PatronValues {
  return Object.fromEntries(patronFields.map((field) => [field, patron[field]])) as unknown as PatronValues;
}
