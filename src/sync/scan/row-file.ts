import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk, readAt, writeWhole } from '../disk.ts';
import type { RowBytes } from './partition.ts';
import { RowWindow } from './row-window.ts';

const pageBytes = 256 * 1024;

/**
 * The rows of a file that do not lie as UTF-8 where it came from, one behind the other in a temporary file. Removed
 * at dispose.
 */
export class RowFile implements RowBytes, Disposable {
  readonly #directory: string;
  readonly #fd: number;
  readonly #page = Buffer.allocUnsafeSlow(pageBytes);
  readonly #window: RowWindow;
  #used = 0;
  #written = 0;

  constructor(parentDirectory: string) {
    this.#directory = onDisk(() => mkdtempSync(join(parentDirectory, 'rows-')));
    try {
      this.#fd = onDisk(() => openSync(join(this.#directory, 'rows'), 'wx+', 0o600));
    } catch (error) {
      rmSync(this.#directory, { recursive: true, force: true });
      throw error;
    }
    this.#window = new RowWindow((into, at) => readAt(this.#fd, into, at));
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
    return this.#window.text(start, end);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
