import { nearestWord } from '../text/nearest-word.ts';

/** Looking for what was meant costs time, so a file of nothing but slips gets only so many answers. */
const suggestionsMax = 200;
const perCellMax = 20;

/** "Did you mean" for the bad entries of one file (W15). */
export class Suggestions {
  #left = suggestionsMax;

  /** The nearest words to the bad entries, each once and separated by `|`; undefined where nothing is near. */
  nearest(bad: readonly string[], candidates: () => Iterable<string>): string | undefined {
    if (this.#left <= 0) return undefined;
    const words = [...candidates()];
    const found = new Set<string>();
    for (const entry of bad.slice(0, perCellMax)) {
      if (this.#left-- <= 0) break;
      const word = nearestWord(entry, words);
      if (word !== undefined) found.add(word);
    }
    return found.size === 0 ? undefined : [...found].join('|');
  }
}
