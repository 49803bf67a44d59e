import type { Term } from '../access/term.ts';
import type { Values } from '../undo/done-by-run.ts';
import type { MemberUpdate } from '../plan/roster-change.ts';

/** One entry of an undo's journal: as the undone run had left it, and as the undo put it. */
export interface UndoneValues {
  readonly before: Values;
  readonly after: Values;
}

/**
 * Whether a change of a record gives a field the very value that an undo took from it, or an entry of a list back.
 * Since when something is flagged is no matter, but that it is.
 */
export function setsValuesAgain(undone: UndoneValues, before: Values, after: Values): boolean {
  return Object.keys(undone.before).some((field) => {
    const had = undone.before[field];
    if (Array.isArray(had)) return entriesAgain(undone, before, after, field);
    const value = (values: Values) => (field === 'inactiveSince' ? values[field] !== null : values[field]);
    return (
      value(undone.before) !== value(undone.after) &&
      value(before) !== value(after) &&
      value(after) === value(undone.before)
    );
  });
}

/** The same of a member. */
export function setsMemberAgain(undone: UndoneValues, { before, after }: MemberUpdate): boolean {
  return setsValuesAgain(undone, termValues(before), termValues(after));
}

function entriesAgain(undone: UndoneValues, before: Values, after: Values, field: string): boolean {
  const list = (values: Values) => new Set((values[field] ?? []) as readonly unknown[]);
  const [left, has, gets] = [list(undone.after), list(before), list(after)];
  const taken = [...list(undone.before)].filter((entry) => !left.has(entry));
  return taken.some((entry) => !has.has(entry) && gets.has(entry));
}

function termValues({ startDate, endDate, inactiveSince }: Term): Values {
  return { startDate, endDate, inactiveSince };
}
