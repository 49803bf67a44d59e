import type { Term, TermStatus } from '../../domain/access/term.ts';
import { termStatusCode } from '../schema/codes.ts';
import { dayNumber, dayOf } from '../schema/days.ts';
import type { TermColumns } from '../schema/group-tables.ts';
import type { Value } from './context.ts';

export const termColumns = ['status', 'start_date', 'end_date', 'inactive_since'] as const;

/** The values of `termColumns`. */
export function termValues(term: Term, status: TermStatus): Value[] {
  const values: Value[] = [];
  pushTermValues(values, term, status);
  return values;
}

/** The same onto a list, without a list of its own for each of very many rows. */
export function pushTermValues(values: Value[], term: Term, status: TermStatus): void {
  const { startDate, endDate, inactiveSince } = term;
  values.push(
    termStatusCode.toNumber(status),
    startDate === null ? null : dayNumber(startDate),
    endDate === null ? null : dayNumber(endDate),
    inactiveSince,
  );
}

/** One for all of the very many that have neither dates nor flag. */
const always: Term = { startDate: null, endDate: null, inactiveSince: null };

export function termOf(row: Omit<TermColumns, 'status'>): Term {
  if (row.start_date === null && row.end_date === null && row.inactive_since === null) return always;
  return {
    startDate: row.start_date === null ? null : dayOf(row.start_date),
    endDate: row.end_date === null ? null : dayOf(row.end_date),
    inactiveSince: row.inactive_since,
  };
}
