import type { RowBytes } from './partition.ts';

const blockBytes = 16 * 1024;
/** Rows of one subject are mostly near each other; where they are not, so many places are looked at in turn. */
const blocksMax = 256;

/** Rows that lie in a file, read through a small window. */
export class RowWindow implements RowBytes {
  readonly #readAt: (into: Buffer, at: number) => void;
  /** By number, the one that was used last at the end. */
  readonly #blocks = new Map<number, Buffer>();
  /** Rows that follow each other mostly lie in one block. */
  #lastNumber = -1;
  #lastBlock: Buffer = Buffer.alloc(0);

  /** `readAt` fills a buffer with the bytes of the file from a place on. */
  constructor(readAt: (into: Buffer, at: number) => void) {
    this.#readAt = readAt;
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
    this.#readAt(row, start);
    return row.toString('utf8');
  }

  #block(number: number): Buffer {
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = this.#blocks.size < blocksMax ? Buffer.allocUnsafeSlow(blockBytes) : this.#leastUsed();
      this.#readAt(block, number * blockBytes);
    } else this.#blocks.delete(number);
    this.#blocks.set(number, block);
    return block;
  }

  #leastUsed(): Buffer {
    const [number, block] = this.#blocks.entries().next().value!;
    this.#blocks.delete(number);
    return block;
  }
}
