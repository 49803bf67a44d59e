import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk, readAt, writeWhole } from '../disk.ts';
import { refuseFile } from './limits.ts';
import type { RowBytes } from './partition.ts';
import { RowWindow } from './row-window.ts';
import type { SubjectKey } from './subject-key.ts';
import { SubjectTable } from './subject-table.ts';

const headBytes = 12;
const pageBytes = 64 * 1024;
const blockBytes = 256 * 1024;

interface PartitionFile {
  readonly fd: number;
  readonly page: Buffer;
  used: number;
  written: number;
}

/**
 * Temporary files that hold the rows of a file of which not even the places of all rows shall be in memory, each
 * subject's rows in one of them. A record is: row number, length, key length (32 bits each), the folded key, the raw
 * bytes. Everything is removed at dispose.
 */
export class Spill implements Disposable {
  readonly #directory: string;
  readonly #fileBytesMax: number;
  readonly #files: PartitionFile[] = [];
  #open = true;

  /** `fileBytesMax`: how large one subject's rows may make a file whose rows have to be found at once. */
  constructor(parentDirectory: string, count: number, fileBytesMax: number) {
    this.#fileBytesMax = fileBytesMax;
    this.#directory = onDisk(() => mkdtempSync(join(parentDirectory, 'scan-')));
    try {
      for (let index = 0; index < count; index++) {
        const path = join(this.#directory, `${index}.rows`);
        const fd = onDisk(() => openSync(path, 'wx+', 0o600));
        this.#files.push({ fd, page: Buffer.allocUnsafeSlow(pageBytes), used: 0, written: 0 });
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get count(): number {
    return this.#files.length;
  }

  /** Stores a row in the file that its subject's key chooses. */
  add(row: number, bytes: Buffer, start: number, end: number, key: SubjectKey): void {
    // The high bits choose here, since the low bits choose the slot in the partition's table.
    const file = this.#files[Math.floor((key.hash() / 0x1_0000_0000) * this.#files.length)]!;
    const length = headBytes + key.length + end - start;
    if (file.used + length > file.page.length) flush(file);
    const page = length > file.page.length ? Buffer.allocUnsafe(length) : file.page;
    const from = page === file.page ? file.used : 0;
    page.writeInt32LE(row, from);
    page.writeInt32LE(end - start, from + 4);
    page.writeInt32LE(key.length, from + 8);
    key.bytes.copy(page, from + headBytes, 0, key.length);
    bytes.copy(page, from + headBytes + key.length, start, end);
    if (page === file.page) file.used += length;
    else write(file, page);
  }

  /** Ends the writing: to be called before anything is loaded. */
  finish(): void {
    for (const file of this.#files) flush(file);
  }

  /** Groups the rows of one partition; `rows` reads them where they lie, until dispose. */
  load(index: number, seed?: Uint32Array): { table: SubjectTable; rows: RowBytes } {
    const { fd, written } = this.#files[index]!;
    if (written > this.#fileBytesMax) {
      refuseFile(
        'The file has too many rows about one and the same patron or thing. Split it and send the parts.',
      );
    }
    const table = new SubjectTable(Math.ceil(written / 64), seed);
    for (const { block, base, from, keyFrom, start, end } of records(fd, written)) {
      const row = block.readInt32LE(from);
      const subject = table.add(row, base + start, base + end, block, keyFrom, start);
      table.mixRow(subject, block, start, end);
    }
    return { table, rows: new RowWindow((into, at) => readAt(fd, into, at)) };
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    for (const { fd } of this.#files) closeSync(fd);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Where a record and its parts lie in `block`, which holds the file from `base` on. */
interface Found {
  block: Buffer;
  base: number;
  from: number;
  keyFrom: number;
  start: number;
  end: number;
}

/** Finds the records of a file of `size` bytes, a block at a time; what it gives is good until the next one. */
function* records(fd: number, size: number): Generator<Found, void> {
  const found: Found = {
    block: Buffer.allocUnsafeSlow(blockBytes),
    base: 0,
    from: 0,
    keyFrom: 0,
    start: 0,
    end: 0,
  };
  while (found.base < size) {
    const { block } = found;
    const filled = Math.min(block.length, size - found.base);
    readAt(fd, block.subarray(0, filled), found.base);
    let at = 0;
    while (at + headBytes <= filled) {
      const keyFrom = at + headBytes;
      const start = keyFrom + block.readInt32LE(at + 8);
      const end = start + block.readInt32LE(at + 4);
      if (end > filled) break;
      found.from = at;
      found.keyFrom = keyFrom;
      found.start = start;
      found.end = end;
      yield found;
      at = end;
    }
    // A record that is not whole in the block is read again, with those behind it or into a larger one.
    if (at === 0) {
      if (block.length >= size - found.base) throw new Error('a partition file ends inside a record');
      found.block = Buffer.allocUnsafeSlow(2 * block.length);
    }
    found.base += at;
  }
}

function flush(file: PartitionFile): void {
  write(file, file.page.subarray(0, file.used));
  file.used = 0;
}

function write(file: PartitionFile, bytes: Buffer): void {
  writeWhole(file.fd, bytes);
  file.written += bytes.length;
}
