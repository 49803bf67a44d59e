import type { Day } from './term.ts';

/** The moment at which something is judged. */
export interface Today {
  /** The effective day in the tenant's zone (W1). */
  readonly day: Day;
  /** Epoch milliseconds. */
  readonly at: number;
}
