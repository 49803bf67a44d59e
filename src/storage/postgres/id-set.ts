const idsPerPiece = 2 ** 15;
const wholeWord = 0xffff_ffff;

/** Ids of the same run, the first and the last one. */
export type IdRange = readonly [first: number, last: number];

/** Ids, a bit each: large imports name hundreds of thousands, which mostly lie together. */
export class IdSet {
  readonly #pieces = new Map<number, Uint32Array>();

  /** False where it is in there already. */
  add(id: number): boolean {
    const piece = this.#piece(Math.floor(id / idsPerPiece));
    const place = id % idsPerPiece;
    const word = piece[place >>> 5]!;
    const bit = 1 << (place & 31);
    if ((word & bit) !== 0) return false;
    piece[place >>> 5] = word | bit;
    return true;
  }

  /** Adds all from `first` to `last`. */
  addRange([first, last]: IdRange): void {
    for (let id = first; id <= last;) {
      const piece = this.#piece(Math.floor(id / idsPerPiece));
      const place = id % idsPerPiece;
      if ((place & 31) === 0 && last - id >= 31) {
        piece[place >>> 5] = wholeWord;
        id += 32;
      } else {
        piece[place >>> 5]! |= 1 << (place & 31);
        id++;
      }
    }
  }

  /** Its ids in order, as runs that are as long as can be. */
  *ranges(): Generator<IdRange> {
    let first = -1;
    let end = -1;
    for (const [from, to] of this.#pieceRanges()) {
      if (from !== end) {
        if (first >= 0) yield [first, end - 1];
        first = from;
      }
      end = to + 1;
    }
    if (first >= 0) yield [first, end - 1];
  }

  /** Likewise, but a run ends where a word of bits does. */
  *#pieceRanges(): Generator<IdRange> {
    const pieces = [...this.#pieces].sort(([one], [other]) => one - other);
    for (const [number, piece] of pieces) {
      for (const [index, word] of piece.entries()) {
        if (word === 0) continue;
        const base = number * idsPerPiece + 32 * index;
        if (word === wholeWord) {
          yield [base, base + 31];
          continue;
        }
        for (let bit = 0; bit < 32; bit++) if ((word & (1 << bit)) !== 0) yield [base + bit, base + bit];
      }
    }
  }

  #piece(number: number): Uint32Array {
    let piece = this.#pieces.get(number);
    if (piece === undefined) this.#pieces.set(number, (piece = new Uint32Array(idsPerPiece / 32)));
    return piece;
  }
}
