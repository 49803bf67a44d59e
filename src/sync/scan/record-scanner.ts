import { recordCells } from './cells.ts';
import type { ScanLimits } from './limits.ts';
import { refuseCell, refuseColumns, refuseNul, refuseOpenQuote, refuseRecord } from './refusals.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;

/** Told of each record that is not blank; the scanner's fields describe it. `true` stops the scan. */
export type RecordVisitor = (record: RecordScanner, bytes: Buffer) => boolean | void;

/** The same for a file that comes in blocks: `base` is where `bytes` begin in it. */
export type FileVisitor = (record: RecordScanner, bytes: Buffer, base: number) => boolean | void;

/**
 * Finds the records in UTF-8 bytes (S6) and numbers them as a spreadsheet does (S7): every record counts,
 * blank ones too, and a line break inside quotes starts none. One scanner reads one file from its start;
 * its fields hold the record just found.
 */
export class RecordScanner {
  readonly delimiter: string;
  row = 0;
  blankRows = 0;
  start = 0;
  /** End of the record, line break excluded. */
  end = 0;
  cellCount = 0;
  endsInLineBreak = true;
  /** Where the cells of the subject's columns lie; -1 where the record is too short to have one. */
  keyStarts: number[] = [];
  keyEnds: number[] = [];

  readonly #limits: ScanLimits;
  readonly #delimiterByte: number;
  readonly #endsCell = new Uint8Array(256);
  readonly #keySlots: Int16Array;
  #header: readonly string[] = [];

  constructor(delimiter: string, limits: ScanLimits) {
    this.delimiter = delimiter;
    this.#limits = limits;
    this.#delimiterByte = delimiter.charCodeAt(0);
    for (const byte of [this.#delimiterByte, LF, CR]) this.#endsCell[byte] = 1;
    this.#keySlots = new Int16Array(limits.columnsMax).fill(-1);
  }

  /** Names the columns for messages and says whose positions to note. */
  expect(header: readonly string[], keyColumns: readonly number[]): void {
    this.#header = header;
    this.#keySlots.fill(-1);
    for (const [slot, column] of keyColumns.entries()) this.#keySlots[column] = slot;
    this.keyStarts = keyColumns.map(() => -1);
    this.keyEnds = keyColumns.map(() => -1);
  }

  /**
   * Visits the records in `bytes` and returns how many bytes they took. Unless these are the `last` bytes
   * of the file, a record that has no end yet is left for the next call, which must begin with it.
   */
  scan(bytes: Buffer, last: boolean, visit: RecordVisitor): number {
    const length = bytes.length;
    const nulAt = bytes.indexOf(0);
    let next = 0;
    while (next < length) {
      const lineEnd = this.#readRecord(bytes, next, last);
      if (lineEnd < 0) {
        if (nulAt >= 0) refuseNul(this.row + 1, nulAt);
        return next;
      }
      this.row++;
      this.start = next;
      this.end = lineEnd;
      this.endsInLineBreak = lineEnd < length;
      next = lineEnd + (bytes[lineEnd] === CR && bytes[lineEnd + 1] === LF ? 2 : 1);
      if (nulAt >= 0 && nulAt < lineEnd) refuseNul(this.row, nulAt);
      if (lineEnd - this.start > this.#limits.recordBytesMax) refuseRecord(this.row, this.#limits);
      if (this.#isBlank(bytes)) this.blankRows++;
      else if (visit(this, bytes) === true) break;
    }
    return Math.min(next, length);
  }

  /** Walks the cells of the record at `start`; returns where its line ends, or -1 if that lies further on. */
  #readRecord(bytes: Buffer, start: number, last: boolean): number {
    const length = bytes.length;
    const endsCell = this.#endsCell;
    const keySlots = this.#keySlots;
    const delimiter = this.#delimiterByte;
    const highest = Math.max(delimiter, CR);
    const { cellBytesMax, columnsMax } = this.#limits;
    for (let slot = 0; slot < this.keyStarts.length; slot++) this.keyStarts[slot] = -1;
    let column = 0;
    let cellStart = start;
    for (;;) {
      let at = cellStart;
      // Most cells begin with what counts.
      if (at < length && bytes[at]! <= SPACE) at = this.#skipBlanks(bytes, at);
      if (at < length && bytes[at] === QUOTE) {
        at = closingQuoteEnd(bytes, at + 1);
        if (at < 0) {
          this.#checkOpenRecord(bytes, start, cellStart, column, true);
          if (last) {
            const nulAt = bytes.indexOf(0);
            if (nulAt >= 0) refuseNul(this.row + 1, nulAt);
            refuseOpenQuote(this.row + 1, this.#header, column);
          }
          return -1;
        }
      }
      // Letters and mostly digits lie above all that ends a cell.
      while (at < length && (bytes[at]! > highest || endsCell[bytes[at]!] === 0)) at++;
      // The line feed of a CRLF may stand in the next bytes.
      if (!last && (at === length || (at === length - 1 && bytes[at] === CR))) {
        this.#checkOpenRecord(bytes, start, cellStart, column, false);
        return -1;
      }
      if (at - cellStart > cellBytesMax) {
        const quoted = bytes[this.#skipBlanks(bytes, cellStart)] === QUOTE;
        refuseCell(this.row + 1, this.#header, column, quoted, this.#limits);
      }
      const slot = keySlots[column]!;
      if (slot >= 0) {
        this.keyStarts[slot] = cellStart;
        this.keyEnds[slot] = at;
      }
      column++;
      if (at === length || bytes[at] !== delimiter) {
        this.cellCount = column;
        return at;
      }
      if (column === columnsMax) refuseColumns(this.row + 1, this.#limits);
      cellStart = at + 1;
    }
  }

  #skipBlanks(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && (bytes[at] === SPACE || (bytes[at] === TAB && this.#delimiterByte !== TAB))) {
      at++;
    }
    return at;
  }

  /** S6: whether all cells of the record are blank. The first bytes decide for nearly every record. */
  #isBlank(bytes: Buffer): boolean {
    let doubtful = false;
    for (let at = this.start; at < this.end; at++) {
      const byte = bytes[at]!;
      if (byte === this.#delimiterByte || byte === SPACE || (byte >= TAB && byte <= CR)) continue;
      // Quotes may hold quotes, and the other bytes here may begin white space outside ASCII.
      if (byte === QUOTE) doubtful = true;
      else if (byte === 0xc2 || (byte >= 0xe1 && byte <= 0xef)) return this.#isBlankText(bytes);
      else return false;
    }
    return !doubtful || this.#isBlankText(bytes);
  }

  #isBlankText(bytes: Buffer): boolean {
    const text = bytes.toString('utf8', this.start, this.end);
    return recordCells(text, this.delimiter, 0).length === 0;
  }

  #checkOpenRecord(bytes: Buffer, start: number, cellStart: number, column: number, quoted: boolean): void {
    if (bytes.length - cellStart > this.#limits.cellBytesMax) {
      refuseCell(this.row + 1, this.#header, column, quoted, this.#limits);
    }
    if (bytes.length - start > this.#limits.recordBytesMax) refuseRecord(this.row + 1, this.#limits);
  }
}

/** Where the quoted cell whose content begins at `from` has closed, or -1 if it has not in these bytes. */
function closingQuoteEnd(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from;
  for (;;) {
    while (at < length && bytes[at] !== QUOTE) at++;
    if (at >= length) return -1;
    // At the very end it may be the first of two: the caller asks for more bytes there in any case.
    if (at + 1 === length || bytes[at + 1] !== QUOTE) return at + 1;
    at += 2;
  }
}

/**
 * Runs a scanner over a file that comes in blocks, a block a step. The positions a visit sees are positions
 * in the bytes it is given and valid only until it returns; a file in one block is visited in that very
 * block; `base` is where those bytes begin in the file. A record that lies across blocks is joined, so memory
 * holds a few blocks and a record at most.
 */
export function* scanSteps(
  blocks: Iterable<Buffer>,
  scanner: RecordScanner,
  visit: FileVisitor,
): Generator<void> {
  let stopped = false;
  let base = 0;
  const visitUntilStopped: RecordVisitor = (record, bytes) => {
    stopped = visit(record, bytes, base) === true;
    return stopped;
  };
  const joiner = new Joiner();
  let held: Buffer | undefined;
  for (const block of blocks) {
    if (held === undefined) {
      held = block;
      continue;
    }
    const taken = scanner.scan(held, false, visitUntilStopped);
    if (stopped) return;
    yield;
    base += taken;
    held = taken === held.length ? block : joiner.join(held.subarray(taken), block);
  }
  if (held !== undefined) scanner.scan(held, true, visitUntilStopped);
  yield;
}

/** Joins two buffers where it did so the time before last: new memory each time costs more than the copying. */
class Joiner {
  #next: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);

  /** Good until the second call after this one. */
  join(one: Buffer, other: Buffer): Buffer {
    const length = one.length + other.length;
    const into = this.#next.length < length ? Buffer.allocUnsafeSlow(Math.ceil(length * 1.1)) : this.#next;
    this.#next = this.#last;
    this.#last = into;
    into.set(one);
    into.set(other, one.length);
    return into.subarray(0, length);
  }
}

/** `scanSteps` from beginning to end. */
export function scanBlocks(blocks: Iterable<Buffer>, scanner: RecordScanner, visit: FileVisitor): void {
  const steps = scanSteps(blocks, scanner, visit);
  while (steps.next().done !== true);
}
