import type { RunCounts } from '../domain/outcome.ts';
import type { Consequences } from '../domain/plan/consequences.ts';

/** The taking back of one run within one transaction. */
export interface Undoing {
  /** Does all of it, so many subjects at a time; tells how many it has done. */
  takeBack(subjectsAtATime: number, onProgress: (subjectsDone: number) => void): Promise<void>;
  /** What was brought back, set back and removed; what stays is counted as ignored. */
  readonly counts: RunCounts;
  /** Subjects that the run had touched. */
  readonly subjects: number;
  readonly consequences: Consequences;
  /** One sentence about what it did, and one about what it left. */
  readonly summary: string;
}
