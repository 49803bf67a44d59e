import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { chunkBytes, chunksInTurn } from './delivery-source.ts';
import { readAt } from './disk.ts';
import type { ByteSource } from './scan/byte-source.ts';
import { byteOrderMark, EncodingDetector, type FileEncoding } from './scan/encoding.ts';

/** How far a step of a scan may read on: by a chunk, at first by those with the header and the one behind them. */
const readOnBytesMax = 4 * chunkBytes;
const pollMs = 5;

/**
 * A file that somebody else is still writing, from its beginning to its end, as a source that is read behind them. What
 * it is has to be presumed, since its last bytes may decide on its encoding (S6): `wasAsPresumed` tells at the end.
 *
 * State: how far it was read, what that says of its encoding, and its size once it is whole.
 */
export class ArrivingFile implements ByteSource, Disposable {
  /** What it may weigh at most. */
  readonly sizeBytes: number;
  readonly #file: number;
  readonly #detector = new EncodingDetector();
  #isOther = false;
  #readBytes = 0;
  #wholeBytes: number | undefined;
  #isClosed = false;

  private constructor(file: number, sizeBytesMax: number) {
    this.#file = file;
    this.sizeBytes = sizeBytesMax;
  }

  /** Undefined where there is no such file any more. */
  static open(path: string, sizeBytesMax: number): ArrivingFile | undefined {
    try {
      return new ArrivingFile(openSync(path, 'r'), sizeBytesMax);
    } catch {
      return undefined;
    }
  }

  /** Nothing more comes: it has so many bytes. */
  end(sizeBytes: number): void {
    this.#wholeBytes = sizeBytes;
  }

  /** Waits until the next step of a scan may read on; false where it is no use, since the file is gone or not UTF-8. */
  async isReady(): Promise<boolean> {
    for (;;) {
      if (this.#isClosed || this.#isOther) return false;
      if (this.#wholeBytes !== undefined) return true;
      const { size, nlink } = fstatSync(this.#file);
      if (nlink === 0) return false;
      if (size >= this.#readBytes + readOnBytesMax) return true;
      await delay(pollMs);
    }
  }

  /** UTF-8, with or without a mark; to be asked once it is ready. */
  presumed(): FileEncoding {
    const start = Buffer.alloc(3);
    this.readAt(start, 0);
    const mark = byteOrderMark(start);
    return { name: 'utf-8', markBytes: mark?.name === 'utf-8' ? mark.markBytes : 0, cutInCharacter: false };
  }

  chunks(): Iterable<Buffer> {
    return chunksInTurn((into, at) => {
      const left = (this.#wholeBytes ?? Infinity) - at;
      const wanted = into.subarray(0, Math.max(0, Math.min(into.length, left)));
      const bytes = readSync(this.#file, wanted, 0, wanted.length, at);
      if (bytes < wanted.length) throw new Error('a file was read beyond what had arrived of it');
      // What is read once more was looked at before.
      if (at === this.#readBytes && bytes > 0) {
        this.#isOther = this.#detector.look(wanted);
        this.#readBytes += bytes;
      }
      return bytes;
    });
  }

  readAt(into: Buffer, at: number): void {
    readAt(this.#file, into, at);
  }

  /** Whether all of it was read and is UTF-8 to its end. */
  wasAsPresumed(): boolean {
    if (this.#wholeBytes === undefined || this.#readBytes !== this.#wholeBytes) return false;
    const { name, cutInCharacter } = this.#detector.encoding(this.#wholeBytes);
    return name === 'utf-8' && !cutInCharacter;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
  }
}
