import type { Day, Term, TermStatus } from './term.ts';

/**
 * W2: the status of a group, section, member or authorization set on an effective day (W1) at an instant of it. The
 * one place that decides it: imports, edits, access checks, the daily run and the calendar all ask here.
 *
 * An end on or before the start never lets it become active, so it is INACTIVE from the outset (W5).
 */
export function statusOn(term: Term, day: Day, at: number): TermStatus {
  const { startDate, endDate, inactiveSince } = term;
  if (inactiveSince !== null && inactiveSince <= at) return 'INACTIVE';
  if (endDate !== null && (endDate <= day || (startDate !== null && endDate <= startDate))) return 'INACTIVE';
  if (startDate !== null && startDate > day) return 'UPCOMING';
  return 'ACTIVE';
}
