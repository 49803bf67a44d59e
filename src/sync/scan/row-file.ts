import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk, writeWhole } from '../disk.ts';
import type { RowBytes } from './partition.ts';

const pageBytes = 256 * 1024;
const blockBytes = 16 * 1024;
/** Rows of one subject are mostly near each other; where they are not, so many places are looked at in turn. */
const blocksMax = 256;

/**
 * The rows of a file, one behind the other in a temporary file that is read through a small window: what is
 * kept in memory of a row is where it lies. Removed at dispose.
 */
export class RowFile implements RowBytes, Disposable {
  readonly #directory: string;
  readonly #fd: number;
  readonly #page = Buffer.allocUnsafeSlow(pageBytes);
  #used = 0;
  #written = 0;
  /** By number, the one that was used last at the end. */
  readonly #blocks = new Map<number, Buffer>();
  /** Rows that follow each other mostly lie in one block. */
  #lastNumber = -1;
  #lastBlock: Buffer = Buffer.alloc(0);

  constructor(parentDirectory: string) {
    this.#directory = onDisk(() => mkdtempSync(join(parentDirectory, 'rows-')));
    try {
      this.#fd = onDisk(() => openSync(join(this.#directory, 'rows'), 'wx+', 0o600));
    } catch (error) {
      rmSync(this.#directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Adds a row and gives where it begins. */
  add(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    if (this.#used + length > pageBytes) this.flush();
    const at = this.#written + this.#used;
    if (length > pageBytes) {
      writeWhole(this.#fd, bytes.subarray(start, end));
      this.#written += length;
    } else {
      bytes.copy(this.#page, this.#used, start, end);
      this.#used += length;
    }
    return at;
  }

  /** Writes out what waits: to be called before any row is read. */
  flush(): void {
    writeWhole(this.#fd, this.#page.subarray(0, this.#used));
    this.#written += this.#used;
    this.#used = 0;
  }

  text(start: number, end: number): string {
    const number = Math.floor(start / blockBytes);
    const from = number * blockBytes;
    if (end <= from + blockBytes) {
      if (number !== this.#lastNumber) this.#lastBlock = this.#block(number);
      this.#lastNumber = number;
      return this.#lastBlock.toString('utf8', start - from, end - from);
    }
    const row = Buffer.allocUnsafe(end - start);
    this.#read(row, start);
    return row.toString('utf8');
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #block(number: number): Buffer {
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = this.#blocks.size < blocksMax ? Buffer.allocUnsafeSlow(blockBytes) : this.#leastUsed();
      this.#read(block, number * blockBytes);
    } else this.#blocks.delete(number);
    this.#blocks.set(number, block);
    return block;
  }

  #leastUsed(): Buffer {
    const [number, block] = this.#blocks.entries().next().value!;
    this.#blocks.delete(number);
    return block;
  }

  #read(into: Buffer, at: number): void {
    onDisk(() => {
      for (let done = 0; done < into.length;) {
        const read = readSync(this.#fd, into, done, into.length - done, at + done);
        if (read === 0) return;
        done += read;
      }
    });
  }
}
