import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk, writeWhole } from '../disk.ts';
import { refuseFile } from './limits.ts';
import type { SubjectKey } from './subject-key.ts';
import { SubjectTable } from './subject-table.ts';

const headBytes = 12;
const pageBytes = 64 * 1024;

interface PartitionFile {
  readonly path: string;
  readonly fd: number;
  readonly page: Buffer;
  used: number;
}

/**
 * Temporary files that hold the rows of a file too large for memory, each subject's rows in one of them.
 * A record is: row number, length, key length (32 bits each), the folded key, the raw bytes. Everything is
 * removed at dispose.
 */
export class Spill implements Disposable {
  readonly #directory: string;
  readonly #fileBytesMax: number;
  readonly #files: PartitionFile[] = [];
  #open = true;

  /** `fileBytesMax`: how large one subject's rows may make a file that has to be loaded whole. */
  constructor(parentDirectory: string, count: number, fileBytesMax: number) {
    this.#fileBytesMax = fileBytesMax;
    this.#directory = onDisk(() => mkdtempSync(join(parentDirectory, 'scan-')));
    try {
      for (let index = 0; index < count; index++) {
        const path = join(this.#directory, `${index}.rows`);
        const fd = onDisk(() => openSync(path, 'wx', 0o600));
        this.#files.push({ path, fd, page: Buffer.allocUnsafe(pageBytes), used: 0 });
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
    else writeWhole(file.fd, page);
  }

  /** Ends the writing. */
  finish(): void {
    for (const file of this.#files) flush(file);
    this.#close();
  }

  /** Loads one partition and groups its rows. */
  load(index: number, seed?: Uint32Array): { table: SubjectTable; bytes: Buffer } {
    const { path } = this.#files[index]!;
    if (statSync(path).size > this.#fileBytesMax) {
      refuseFile(
        'The file has too many rows about one and the same patron or thing. Split it and send the parts.',
      );
    }
    const bytes = readFileSync(path);
    const table = new SubjectTable(Math.ceil(bytes.length / 64), seed);
    for (let at = 0; at < bytes.length;) {
      const keyFrom = at + headBytes;
      const start = keyFrom + bytes.readInt32LE(at + 8);
      const end = start + bytes.readInt32LE(at + 4);
      const subject = table.add(bytes.readInt32LE(at), start, end, bytes, keyFrom, start);
      table.mixRow(subject, bytes, start, end);
      at = end;
    }
    return { table, bytes };
  }

  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const file of this.#files) closeSync(file.fd);
  }
}

function flush(file: PartitionFile): void {
  writeWhole(file.fd, file.page.subarray(0, file.used));
  file.used = 0;
}
