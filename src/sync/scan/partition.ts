import { recordCells } from './cells.ts';
import type { SubjectTable } from './subject-table.ts';

/** Some of a file's subjects with all their rows, found in memory. Subjects are in order of their first row. */
export interface Partition {
  readonly subjectCount: number;
  readonly rowCount: number;
  /** Which share of all hashes the keys of its subjects have: from 0 to 1 for a file in one part. */
  readonly hashesFrom: number;
  readonly hashesTo: number;
  /** Whether a subject's key is not blank. */
  hasKey(index: number): boolean;
  /** The folded key (S4) of a subject's cell, or cells joined by U+001F. */
  keyOf(index: number): string;
  /** In file order. */
  rowsOf(index: number): readonly RawRow[];
  /** The place of the subject with this folded key, -1 where there is none. */
  find(key: string): number;
  /** How many rows a subject has, without making any of them. */
  rowCountOf(index: number): number;
  /** A 32-bit hash of a subject's key. */
  hashOf(index: number): number;
  /**
   * Writes the fingerprint of what a subject's rows say to `into` at `at`. False where there is none: it was not
   * asked for, the key is blank, or the file was cut off inside one of the rows.
   */
  printOf(index: number, into: Uint32Array, at: number): boolean;
}

/** One row not decoded yet. */
export interface RawRow {
  /** As a spreadsheet shows it (S7). */
  readonly row: number;
  /** S6: the file ends inside this row: it lacks cells and a line break, or ends inside a character. */
  readonly cutOff: boolean;
  /** The row's cells as `recordCells` gives them: at least one for each column of the header. */
  cells(): string[];
}

/** What all rows of a file need to be decoded. */
export interface RowFormat {
  readonly delimiter: string;
  readonly columns: number;
  readonly cutOffRow: number | undefined;
}

/** Where the rows of a partition lie: gives the text that stands from `start` to `end`. */
export interface RowBytes {
  text(start: number, end: number): string;
}

/** Rows that lie in memory. */
export function heldBytes(bytes: Buffer): RowBytes {
  return { text: (start, end) => bytes.toString('utf8', start, end) };
}

/** The rows of `table`, whose positions are positions in `bytes`, as a partition. */
export function tablePartition(
  table: SubjectTable,
  bytes: RowBytes,
  format: RowFormat,
  { hashesFrom, hashesTo }: Pick<Partition, 'hashesFrom' | 'hashesTo'> = { hashesFrom: 0, hashesTo: 1 },
): Partition {
  const rows = { bytes, format };
  return {
    hashesFrom,
    hashesTo,
    subjectCount: table.subjectCount,
    rowCount: table.rowCount,
    hasKey: (index) => table.hasKey(index),
    keyOf: (index) => table.keyOf(index),
    rowsOf: (index) => table.mapRows(index, (row, start, end) => new StoredRow(row, start, end, rows)),
    find: (key) => table.find(key),
    rowCountOf: (index) => table.rowCountOf(index),
    hashOf: (index) => table.hashOf(index),
    // A file that was cut off is not one to remember anything by.
    printOf: (index, into, at) =>
      format.cutOffRow === undefined && table.hasKey(index) && table.printOf(index, into, at),
  };
}

/** What the rows of a partition share. */
interface StoredRows {
  readonly bytes: RowBytes;
  readonly format: RowFormat;
}

class StoredRow implements RawRow {
  readonly row: number;
  readonly #start: number;
  readonly #end: number;
  readonly #rows: StoredRows;

  constructor(row: number, start: number, end: number, rows: StoredRows) {
    this.row = row;
    this.#start = start;
    this.#end = end;
    this.#rows = rows;
  }

  get cutOff(): boolean {
    return this.row === this.#rows.format.cutOffRow;
  }

  cells(): string[] {
    const { bytes, format } = this.#rows;
    return recordCells(bytes.text(this.#start, this.#end), format.delimiter, format.columns);
  }
}
