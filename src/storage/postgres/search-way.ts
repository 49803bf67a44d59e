import { sampleSize, type Sample } from './search-sample.ts';
import { hasTrigrams, isIndexed } from './search-settings.ts';

/** How a search is gone about: the words to ask the index for, or none where texts are read in order. */
export interface SearchWay {
  readonly asked: readonly string[];
}

/** Matches are wanted up to about this many; reading in order ends there. */
const wantedMatches = 1_000;
/** Fetching a text that the index has found takes as long as reading so many in order. */
const costOfFetching = 8;

/**
 * Chooses between the index and reading in order by what a sample promises, since the planner cannot: under row-level
 * security it has no statistics of LIKE. What many contain is found sooner by reading on until enough are found.
 */
export function chooseWay(words: readonly string[], { counts, all, texts }: Sample): SearchWay {
  const rarest = words
    .map((word, index) => ({ word, count: counts[index]! }))
    .filter(({ word }) => isIndexed(word))
    // Of the same count the longer one, which has more trigrams.
    .sort((a, b) => a.count - b.count || b.word.length - a.word.length);
  const [first] = rarest;
  if (first === undefined) return { asked: [] };
  const second = hasTrigrams(first.word)
    ? rarest.slice(1).find(({ word }) => hasTrigrams(word) && word !== first.word)
    : undefined;
  // A count of none says no more than that it is below one.
  const share = (count: number) => Math.max(count, 0.5) / sampleSize;
  const fetched = texts * share(second === undefined ? first.count : all);
  const read = Math.min(texts, wantedMatches / share(all));
  if (fetched * costOfFetching > read) return { asked: [] };
  return { asked: second === undefined ? [first.word] : [first.word, second.word] };
}
