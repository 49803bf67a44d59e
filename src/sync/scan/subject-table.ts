import { fingerprintWords, mixRow } from './fingerprint.ts';
import { hashBytes } from './subject-key.ts';

/**
 * Groups rows by subject key: an open-addressing hash table over the key bytes, equal only when every byte
 * is. Rows and subjects are numbers in typed arrays, since half a million small objects would cost more
 * than reading the file. Subjects stand in order of their first row, the rows of each in file order.
 */
export class SubjectTable {
  rowCount = 0;
  subjectCount = 0;

  // By row: its number, where it lies, and the next row of its subject (-1: none).
  #rowNumber: Int32Array;
  #rowStart: Int32Array;
  #rowEnd: Int32Array;
  #nextRow: Int32Array;

  // By subject: its first and last row, hash, and where its key lies in the pool.
  #firstRow = new Int32Array(1024);
  #lastRow = new Int32Array(1024);
  #hash = new Uint32Array(1024);
  #keyEnd = new Int32Array(1025);
  #keys: Buffer = Buffer.allocUnsafe(16 * 1024);
  /** The fingerprint of its rows so far, where one is wanted. */
  #prints: Uint32Array<ArrayBuffer>;
  readonly #seed: Uint32Array | undefined;
  /** The bytes that were mixed last, and a view of them that reads whole words. */
  #viewed: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Used again for each key that is looked for. */
  #wanted: Buffer = Buffer.alloc(0);

  /** Of the row that was added last. */
  #lastSubject = -1;

  /** Slot → subject + 1; at most half full. */
  #slots = new Int32Array(2048);

  /** With a seed, what the rows of each subject say is gathered into a fingerprint. */
  constructor(rowsExpected: number, seed?: Uint32Array) {
    this.#seed = seed;
    this.#prints = new Uint32Array(seed ? fingerprintWords * this.#firstRow.length : 0);
    const rows = Math.max(16, rowsExpected);
    this.#rowNumber = new Int32Array(rows);
    this.#rowStart = new Int32Array(rows);
    this.#rowEnd = new Int32Array(rows);
    this.#nextRow = new Int32Array(rows);
  }

  /**
   * Adds row `row`, which lies from `start` to `end`, to the subject whose key is `keyFrom..keyTo` of `key`. Gives
   * the subject, for `mixRow`.
   */
  add(row: number, start: number, end: number, key: Uint8Array, keyFrom: number, keyTo: number): number {
    const index = this.rowCount;
    if (index === this.#rowNumber.length) this.#growRows();
    this.rowCount = index + 1;
    this.#rowNumber[index] = row;
    this.#rowStart[index] = start;
    this.#rowEnd[index] = end;
    this.#nextRow[index] = -1;

    const subject = this.#isLast(key, keyFrom, keyTo)
      ? this.#lastSubject
      : this.#findOrAdd(key, keyFrom, keyTo);
    this.#lastSubject = subject;
    const last = this.#lastRow[subject]!;
    if (last < 0) this.#firstRow[subject] = index;
    else this.#nextRow[last] = index;
    this.#lastRow[subject] = index;
    return subject;
  }

  /** Takes what a row of the subject says, `from..to` of `bytes`, into its fingerprint. */
  mixRow(subject: number, bytes: Uint8Array, from: number, to: number): void {
    if (!this.#seed) return;
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    mixRow(this.#prints, fingerprintWords * subject, this.#view, from, to);
  }

  /** Writes the fingerprint of a subject to `into` at `at`; false where none was gathered. */
  printOf(subject: number, into: Uint32Array, at: number): boolean {
    if (!this.#seed) return false;
    const from = fingerprintWords * subject;
    for (let word = 0; word < fingerprintWords; word++) into[at + word] = this.#prints[from + word]!;
    return true;
  }

  /** The hash by which the subject's key is found; high and low bits may be used. */
  hashOf(subject: number): number {
    return this.#hash[subject]!;
  }

  hasKey(subject: number): boolean {
    return this.#keyEnd[subject + 1]! > this.#keyEnd[subject]!;
  }

  rowCountOf(subject: number): number {
    let count = 0;
    for (let index = this.#firstRow[subject]!; index >= 0; index = this.#nextRow[index]!) count++;
    return count;
  }

  /** The folded key of a subject. */
  keyOf(subject: number): string {
    return this.#keys.toString('utf8', this.#keyEnd[subject], this.#keyEnd[subject + 1]);
  }

  /** Makes something of each row of a subject, in file order. */
  mapRows<T>(subject: number, make: (row: number, start: number, end: number) => T): T[] {
    const made: T[] = [];
    for (let index = this.#firstRow[subject]!; index >= 0; index = this.#nextRow[index]!) {
      made.push(make(this.#rowNumber[index]!, this.#rowStart[index]!, this.#rowEnd[index]!));
    }
    return made;
  }

  /** The subject with this folded key, -1 where there is none. */
  find(key: string): number {
    if (this.#wanted.length < 3 * key.length) this.#wanted = Buffer.alloc(6 * key.length);
    const wanted = this.#wanted;
    let length = 0;
    for (; length < key.length; length++) {
      const code = key.charCodeAt(length);
      if (code > 0x7f) break;
      wanted[length] = code;
    }
    if (length < key.length) length = wanted.write(key);
    const hash = hashBytes(wanted, 0, length);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const subject = this.#slots[slot]! - 1;
      if (subject < 0) return -1;
      if (this.#hash[subject] === hash && this.#hasKey(subject, wanted, 0, length)) return subject;
    }
  }

  /** Rows of one subject mostly follow each other, and memory near the last one is at hand. */
  #isLast(key: Uint8Array, keyFrom: number, keyTo: number): boolean {
    return this.#lastSubject >= 0 && this.#hasKey(this.#lastSubject, key, keyFrom, keyTo);
  }

  #findOrAdd(key: Uint8Array, keyFrom: number, keyTo: number): number {
    const hash = hashBytes(key, keyFrom, keyTo);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const subject = this.#slots[slot]! - 1;
      if (subject < 0) {
        this.#slots[slot] = this.subjectCount + 1;
        return this.#addSubject(hash, key, keyFrom, keyTo);
      }
      if (this.#hash[subject] === hash && this.#hasKey(subject, key, keyFrom, keyTo)) return subject;
    }
  }

  #hasKey(subject: number, key: Uint8Array, keyFrom: number, keyTo: number): boolean {
    const from = this.#keyEnd[subject]!;
    const length = this.#keyEnd[subject + 1]! - from;
    if (length !== keyTo - keyFrom) return false;
    for (let at = 0; at < length; at++) {
      if (this.#keys[from + at] !== key[keyFrom + at]) return false;
    }
    return true;
  }

  #addSubject(hash: number, key: Uint8Array, keyFrom: number, keyTo: number): number {
    const subject = this.subjectCount++;
    if (subject === this.#firstRow.length) this.#growSubjects();
    const from = this.#keyEnd[subject]!;
    const end = from + keyTo - keyFrom;
    if (end > this.#keys.length) this.#keys = Buffer.concat([this.#keys], end * 2);
    for (let at = keyFrom; at < keyTo; at++) this.#keys[from + at - keyFrom] = key[at]!;
    this.#hash[subject] = hash;
    this.#keyEnd[subject + 1] = end;
    this.#lastRow[subject] = -1;
    if (this.#seed) this.#prints.set(this.#seed, fingerprintWords * subject);
    if (this.subjectCount * 2 > this.#slots.length) this.#growSlots();
    return subject;
  }

  #growRows(): void {
    const rows = Math.ceil(this.#rowNumber.length * 1.5);
    this.#rowNumber = grown(this.#rowNumber, rows);
    this.#rowStart = grown(this.#rowStart, rows);
    this.#rowEnd = grown(this.#rowEnd, rows);
    this.#nextRow = grown(this.#nextRow, rows);
  }

  #growSubjects(): void {
    const subjects = this.#firstRow.length * 2;
    this.#firstRow = grown(this.#firstRow, subjects);
    this.#lastRow = grown(this.#lastRow, subjects);
    this.#keyEnd = grown(this.#keyEnd, subjects + 1);
    const hashes = new Uint32Array(subjects);
    hashes.set(this.#hash);
    this.#hash = hashes;
    if (!this.#seed) return;
    const prints = new Uint32Array(fingerprintWords * subjects);
    prints.set(this.#prints);
    this.#prints = prints;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let subject = 0; subject < this.subjectCount; subject++) {
      let slot = this.#hash[subject]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = subject + 1;
    }
    this.#slots = slots;
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
