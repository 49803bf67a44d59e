import { findExtraCell, recordCells } from './cells.ts';
import type { RecordScanner } from './record-scanner.ts';

const rowsMax = 20_000;
const bytesMax = 8 * 1024 * 1024;

/** A row that does not surely say what it is about. */
export interface StrayRow {
  readonly cells: readonly string[];
  /** It has more cells than the header: any of them may stand in the wrong place. */
  readonly tooLong: boolean;
}

/**
 * S5: what a file leaves open about whom its rows mean, known before anything of it is judged: whoever may be
 * meant by a stray row was not declared in whole.
 */
export interface StrayRows {
  readonly rows: readonly StrayRow[];
  /** There are more than are listed, or the file ends inside a row, so that rows are missing: anybody is meant. */
  readonly anybody: boolean;
}

/** Gathers the stray rows of a file while it is scanned. */
export class StrayRowGatherer {
  readonly rows: StrayRow[] = [];
  #bytes = 0;
  #tooMany = false;

  /** Looks at the record just found: one of `columns` columns, whose key cell is given by `keyBlank`. */
  look(record: RecordScanner, bytes: Buffer, columns: number, keyBlank: boolean): void {
    if (!keyBlank && record.cellCount <= columns) return;
    this.#bytes += record.end - record.start;
    this.#tooMany ||= this.rows.length === rowsMax || this.#bytes > bytesMax;
    if (this.#tooMany) return;
    const text = bytes.toString('utf8', record.start, record.end);
    const cells = recordCells(text, record.delimiter, columns);
    const tooLong = findExtraCell(cells, columns) !== undefined;
    if (keyBlank || tooLong) this.rows.push({ cells, tooLong });
  }

  /** All that was found; `cutOff` where the file ends inside a row. */
  found(cutOff: boolean): StrayRows {
    return { rows: this.rows, anybody: cutOff || this.#tooMany };
  }
}
