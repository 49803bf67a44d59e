import type { RowResult } from '../domain/outcome.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { PlannedBatch } from './import-kind.ts';

/** Files up to this many rows keep every row's result; larger ones keep what is worth reading (I6). */
export const everyRowMax = 10_000;
/** Rows that went well but have something to say: so many of a large file are kept. */
const warnedRowsMax = 10_000;

/**
 * Chooses which row results of a run are stored, and in which form: one record a note, so that a row can say
 * several things.
 */
export class RowKeeper {
  /** Every row is reported, whatever became of it. */
  readonly keepsEvery: boolean;
  readonly #file: number;
  #warned = 0;

  /** `file`: its place in the run. */
  constructor(rowCount: number, file: number) {
    this.#file = file;
    this.keepsEvery = rowCount <= everyRowMax;
  }

  rowsOf(batch: PlannedBatch): RunRow[] {
    const kept: RunRow[] = [];
    for (const row of batch.rows) {
      if (this.#isKept(row)) kept.push(...recordsOf(row, this.#file));
    }
    return kept.sort((a, b) => a.row - b.row);
  }

  /** Whether a row may be kept; of many with something to say `rowsOf` then takes the first ones. */
  keeps(row: RowResult): boolean {
    return this.keepsEvery || row.outcome === 'failed' || (row.notes.length > 0 && row.outcome !== 'ignored');
  }

  #isKept(row: RowResult): boolean {
    if (this.keepsEvery || row.outcome === 'failed') return true;
    if (!this.keeps(row)) return false;
    return this.#warned++ < warnedRowsMax;
  }
}

function recordsOf(result: PlannedBatch['rows'][number], file: number): RunRow[] {
  const { row, outcome, patronId, notes } = result;
  if (notes.length === 0) return [{ file, row, outcome, patronId, note: null }];
  return notes.map((note) => ({ file, row, outcome, patronId, note }));
}
