import type { RowNote, RowOutcome } from '../domain/outcome.ts';
import type { Page } from './patrons.ts';

/** What became of one row, as the report of its run keeps it. */
export interface RunRow {
  /** Which of the run's files it is in, from 0: its place in `Run.files`, and 0 where there is but one. */
  readonly file: number;
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly note: RowNote | null;
  /** Whom it is about: a patron, the patron of a contact, a member. */
  readonly patronId: number | null;
}

export interface RunRowFilter {
  readonly file?: number;
  readonly outcome?: RowOutcome;
  readonly page: number;
  readonly pageSize: number;
}

export interface RunRowReader {
  list(runId: number, filter: RunRowFilter): Promise<Page<RunRow>>;
  /** All stored row results of a file in row order, in pieces: those after (row, seq), at most `limit`. */
  listAfter(
    runId: number,
    after: { file: number; row: number; seq: number },
    limit: number,
    outcome?: RowOutcome,
  ): Promise<(RunRow & { seq: number })[]>;
  /** The files, by their number, in which a row came out so. */
  listFiles(runId: number, outcome: RowOutcome): Promise<number[]>;
  /** Every stored row result that concerns the patron, in run, file and row order. */
  listByPatron(patronId: number): Promise<(RunRow & { runId: number })[]>;
}

export interface RunRowWriter {
  insert(runId: number, rows: readonly RunRow[]): Promise<void>;
  remove(runId: number): Promise<void>;
  /**
   * Forgets a patron in the results of rows: those about the patron go, and in those about others (a clash of
   * keys) the values equal to one of `texts`, without regard to case, are blanked.
   */
  removeByPatron(patronId: number, texts: readonly string[]): Promise<void>;
  /**
   * Deletes row results of runs that ended before the instant, about `limit` at a time (a row's results go
   * together); gives how many. Those of a held run stay: somebody is still to look at them.
   */
  purgeBefore(finishedBefore: number, limit: number): Promise<number>;
}
