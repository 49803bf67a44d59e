import type { ByteSource } from './byte-source.ts';
import { recordCells } from './cells.ts';
import { scanLimits } from './limits.ts';
import type { ScanLimits } from './limits.ts';
import { RecordScanner, scanSteps } from './record-scanner.ts';
import { openTextFile } from './text-file.ts';
import type { TextFile } from './text-file.ts';

/** A row of a file with its cells as `recordCells` gives them. */
export interface SelectedRow {
  /** As a spreadsheet shows it (S7). */
  readonly row: number;
  readonly cells: string[];
}

/** The header and some rows of a file. */
export interface SelectedRows {
  readonly header: readonly string[];
  /** The rows as they stand in each piece of the file read, often none: a moment to let others work. */
  readonly pieces: Iterable<readonly SelectedRow[]>;
}

/**
 * Reads the header and, as they are asked for, the `wanted` rows of a file that was scanned before: for the
 * file of failed rows. Memory does not grow with the file.
 */
export function selectRows(
  source: ByteSource,
  wanted: ReadonlySet<number> | ((row: number) => boolean),
  limits?: Partial<ScanLimits>,
): SelectedRows {
  const allLimits = scanLimits(limits);
  const file = openTextFile(source, allLimits, false);
  const isWanted = typeof wanted === 'function' ? wanted : (row: number) => wanted.has(row);
  return { header: file.cells, pieces: { [Symbol.iterator]: () => readPieces(file, isWanted, allLimits) } };
}

function* readPieces(file: TextFile, isWanted: (row: number) => boolean, limits: ScanLimits) {
  const scanner = new RecordScanner(file.delimiter, limits);
  let found: SelectedRow[] = [];
  let headerSeen = false;
  const steps = scanSteps(file.blocks(), scanner, (record, bytes) => {
    if (headerSeen && isWanted(record.row)) {
      const text = bytes.toString('utf8', record.start, record.end);
      found.push({ row: record.row, cells: recordCells(text, file.delimiter, file.cells.length) });
    }
    headerSeen = true;
  });
  while (steps.next().done !== true) {
    yield found;
    found = [];
  }
}
