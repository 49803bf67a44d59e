import { foldKey } from '../../domain/text/fold.ts';
import { recordCells } from './cells.ts';
import type { RecordScanner } from './record-scanner.ts';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;

/** Stands between the cells of a key made of several. */
const separatorByte = 0x1f;

/**
 * Makes the key bytes of a record's subject: `foldKey` (S4) of each key cell as `recordCells` reads it, or the cell
 * itself where keys are `exact` (W8). Plain ASCII cells are folded byte by byte, which is what makes grouping fast; all others go through text. Both
 * ways give the same bytes for the same key. `bytes` is good until the next record.
 */
export class SubjectKey {
  bytes: Buffer = Buffer.alloc(1024);
  length = 0;
  readonly #exact: boolean;

  constructor(exact = false) {
    this.#exact = exact;
  }

  /** Makes the key of the record the scanner has just found in `source`. */
  read(record: RecordScanner, source: Buffer): void {
    this.length = 0;
    const { keyStarts, keyEnds } = record;
    for (let slot = 0; slot < keyStarts.length; slot++) {
      if (slot > 0) this.bytes[this.length++] = separatorByte;
      const start = keyStarts[slot]!;
      if (start < 0) {
        this.#reserve(1);
        continue;
      }
      const end = keyEnds[slot]!;
      this.#reserve(end - start + 1);
      if (!this.#foldAscii(source, start, end)) {
        this.#foldText(source.toString('utf8', start, end), record.delimiter);
      }
    }
  }

  /** A 32-bit hash (FNV-1a, mixed) of the key. */
  hash(): number {
    return hashBytes(this.bytes, 0, this.length);
  }

  #foldAscii(source: Buffer, start: number, end: number): boolean {
    let from = start;
    let to = end;
    while (from < to && isBlankByte(source[from]!)) from++;
    while (to > from && isBlankByte(source[to - 1]!)) to--;
    if (to - from >= 2 && source[from] === QUOTE && source[to - 1] === QUOTE) {
      from++;
      to--;
      while (from < to && isBlankByte(source[from]!)) from++;
      while (to > from && isBlankByte(source[to - 1]!)) to--;
    }
    // This apostrophe may not be part of the key.
    if (from < to && source[from] === APOSTROPHE) return false;
    const target = this.bytes;
    const lowered = this.#exact ? 0 : 0x20;
    let length = this.length;
    for (let at = from; at < to; at++) {
      const byte = source[at]!;
      if (byte > 0x7f || byte === QUOTE) return false;
      target[length++] = byte >= 0x41 && byte <= 0x5a ? byte + lowered : byte;
    }
    this.length = length;
    return true;
  }

  #foldText(text: string, delimiter: string): void {
    const cell = recordCells(text, delimiter, 1)[0]!;
    const folded = Buffer.from(this.#exact ? cell : foldKey(cell));
    this.#reserve(folded.length + 1);
    this.bytes.set(folded, this.length);
    this.length += folded.length;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    this.bytes = Buffer.concat([this.bytes], (this.length + more) * 2);
  }
}

function isBlankByte(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** FNV-1a with a final mix, so that both high and low bits may be used. */
export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
