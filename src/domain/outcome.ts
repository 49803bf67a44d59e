import type { NoteCode, NoteFacts } from './row-notes.ts';

/** What became of one row of a file, in the words every dialect and report uses. */
export const rowOutcomes = [
  'created',
  'updated',
  'unchanged',
  'removed',
  'inactivated',
  'ignored',
  'failed',
] as const;

export type RowOutcome = (typeof rowOutcomes)[number];

/**
 * One thing worth saying about a row or a file: why it failed, or what was read differently from how it stood. The
 * catalogue of `row-notes.ts` turns it into a sentence.
 */
export interface RowNote extends NoteFacts {
  readonly code: NoteCode;
}

/** The verdict on one row. On a failed row the first note is the reason. */
export interface RowResult {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly notes: readonly RowNote[];
}

/** Numbers of a run: the first five count records, the last two count rows. */
export interface RunCounts {
  created: number;
  updated: number;
  unchanged: number;
  removed: number;
  inactivated: number;
  ignored: number;
  failed: number;
}

/** A run that has counted nothing yet. */
export function noCounts(): RunCounts {
  return { created: 0, updated: 0, unchanged: 0, removed: 0, inactivated: 0, ignored: 0, failed: 0 };
}
