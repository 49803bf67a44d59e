import { containing } from './search-settings.ts';

/** So many trigrams that do not overlap narrow a rare word down to next to nothing. */
const piecesMax = 3;
/** A piece of a common word that is no more common than this, compared with the word, finds as good as the same. */
const asGood = 1.5;

const threeLetters = /^[a-z0-9]{3}$/;

/**
 * LIKE's pattern by which the index is asked for a word: its rarest pieces of three letters in their order, which every
 * text fits that contains the word. The index reads a list for each trigram, so that all of a long word cost more than
 * they leave out. `share` is that of the texts with the word, `shareOf` of those with a trigram, roughly.
 */
export function narrowing(word: string, share: number, shareOf: (trigram: string) => number): string {
  const rated = Array.from({ length: Math.max(word.length - 2, 0) }, (_, at) => ({
    at,
    piece: word.slice(at, at + 3),
  }))
    .filter(({ piece }) => threeLetters.test(piece))
    .map((rated) => ({ ...rated, share: shareOf(rated.piece) }))
    .sort((a, b) => a.share - b.share || a.at - b.at);
  const [rarest] = rated;
  if (rarest === undefined) return containing(word);
  if (share > 0) return rarest.share <= share * asGood ? containing(rarest.piece) : containing(word);
  const chosen: { readonly at: number; readonly piece: string }[] = [];
  for (const one of rated) {
    if (chosen.length < piecesMax && chosen.every(({ at }) => Math.abs(at - one.at) >= 3)) chosen.push(one);
  }
  if (chosen.length < piecesMax) return containing(word);
  return `%${chosen
    .sort((a, b) => a.at - b.at)
    .map(({ piece }) => piece)
    .join('%')}%`;
}
