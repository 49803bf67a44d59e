import type { Day, Term, TermStatus } from './term.ts';

/** The moment at which something is judged. */
export interface Today {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The status of a term at that moment (W2). */
  readonly statusOf: (term: Term) => TermStatus;
}

/** Whether an end date has been reached (W1). */
export function hasEnded(endDate: Day | null, { statusOf }: Today): boolean {
  return endDate !== null && statusOf({ startDate: null, endDate, inactiveSince: null }) === 'INACTIVE';
}
