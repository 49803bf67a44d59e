import { keyFields, type KeyField } from '../../domain/patron/patron.ts';

/** The table is of lines as long as processors fetch at once: 4 MiB in all. */
const lines = 2 ** 16;
const wordsPerLine = 16;

/**
 * The keys that a file has wanted so far, each as three bits of a table that does not grow with the file. It never
 * overlooks a key that came before; one that did not it may take for one that did, the more often the more there are:
 * once in some ten thousand times among the keys of 200,000 patrons.
 */
export class KeysSeen {
  readonly #words = new Int32Array(lines * wordsPerLine);

  /** Notes a folded key. False where it surely did not come before as a key of that field. */
  add(field: KeyField, key: string): boolean {
    // Two sums that go different ways, each mixed at the end, so that keys in a series lie apart.
    let line = Math.imul(1 + keyFields.indexOf(field), 0x01000193);
    let bits = 0x1e3779b9;
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at);
      line = Math.imul(line ^ code, 0x01000193);
      bits = Math.imul(bits + code, 0x05ebca6b);
    }
    const from = (mixed(line) & (lines - 1)) * wordsPerLine;
    bits = mixed(bits);
    // Not joined by `&&`: each of them is to be set.
    const first = this.#mark(from, bits);
    const second = this.#mark(from, bits >>> 9);
    const third = this.#mark(from, bits >>> 18);
    return first && second && third;
  }

  /** Sets one of the 512 bits of a line; whether it was set already. */
  #mark(from: number, bit: number): boolean {
    const place = from + ((bit >>> 5) & (wordsPerLine - 1));
    const word = this.#words[place]!;
    this.#words[place] = word | (1 << (bit & 31));
    return (word & (1 << (bit & 31))) !== 0;
  }
}

function mixed(sum: number): number {
  let word = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x046ca68b);
  return word ^ (word >>> 16);
}
