import { sampleSize, type Sample } from './search-sample.ts';
import { hasTrigrams, isIndexed, sliceSize } from './search-settings.ts';

/** How a search is gone about. */
export interface SearchWay {
  /** By the index over all texts, by it slice after slice, or by reading the texts in order. */
  readonly by: 'index' | 'slices' | 'reading';
  /** The words to ask the index for; none where texts are read. */
  readonly asked: readonly string[];
}

/** Matches are wanted up to about this many, unless fewer are asked for; reading in order ends there. */
const wantedMatches = 1_000;

// What ways cost, in texts that are read in order meanwhile.
/** Fetching a text that the index has found. */
const costOfFetching = 5;
/** Going through the lists of the index, for each text of all tenants. */
const costOfIndex = 1 / 400;
/** The same for each text of the slice, its own list among them. */
const costOfSlice = 1 / 32;

/**
 * Chooses a way by what a sample promises, since the planner cannot: under row-level security it has no statistics of
 * LIKE. What many contain is found soonest slice by slice, where the first slices have enough, or by reading on until
 * enough are found.
 */
export function chooseWay(
  words: readonly string[],
  { counts, all, texts, everybody }: Sample,
  limit = wantedMatches,
): SearchWay {
  const rarest = words
    .map((word, index) => ({ word, count: counts[index]! }))
    .filter(({ word }) => isIndexed(word))
    // Of the same count the longer one, which has more trigrams.
    .sort((a, b) => a.count - b.count || b.word.length - a.word.length);
  const [first] = rarest;
  if (first === undefined) return { by: 'reading', asked: [] };
  // A count of none says no more than that it is below one.
  const share = (count: number) => Math.max(count, 0.5) / sampleSize;
  const together = togetherOf(counts, all);
  const fetched = (asked: readonly Counted[]) => texts * share(asked.length > 1 ? together : asked[0]!.count);
  const withTrigrams = rarest.filter(({ word }) => hasTrigrams(word));
  const inAll = hasTrigrams(first.word) ? firstTwo(withTrigrams) : [first];
  const reading = Math.min(texts, Math.min(limit, wantedMatches) / share(together));
  const ways = [
    { by: 'index', asked: inAll, cost: everybody * costOfIndex + fetched(inAll) * costOfFetching },
    { by: 'reading', asked: [], cost: reading },
  ] satisfies Way[] as Way[];
  if (withTrigrams.length > 0) {
    const inSlices = firstTwo(withTrigrams);
    // Some have less than others, so that it takes half a slice more than on the average.
    const read = Math.min(texts, reading + Math.min(sliceSize, texts) / 2);
    const cost = read * costOfSlice + (read / Math.max(texts, 1)) * fetched(inSlices) * costOfFetching;
    ways.push({ by: 'slices', asked: inSlices, cost });
  }
  const { by, asked } = ways.reduce((best, way) => (way.cost < best.cost ? way : best));
  return { by, asked: asked.map(({ word }) => word) };
}

/**
 * How many of a sample contain all words: between what it has and what it should have if the words had nothing to do
 * with each other. Of two names that some have it has none by chance for many a pair.
 */
function togetherOf(counts: readonly number[], all: number): number {
  if (counts.length === 1) return all;
  const expected = counts.reduce((product, count) => (product * count) / sampleSize, sampleSize);
  return (all + expected) / 2;
}

/**
 * Whether the whole index finds the rest sooner than its slices: where two words that seemed to go together hardly do,
 * as so few were `found` in a slice of those `wanted`.
 */
export function isRarerThanThought(
  found: number,
  wanted: number,
  slicesLeft: number,
  everybody: number,
): boolean {
  const needed = Math.min(slicesLeft, (wanted - found) / Math.max(found, 0.5));
  const fetching = found * costOfFetching;
  return everybody * costOfIndex + slicesLeft * fetching < needed * (sliceSize * costOfSlice + fetching);
}

interface Counted {
  readonly word: string;
  readonly count: number;
}

interface Way {
  readonly by: SearchWay['by'];
  readonly asked: readonly Counted[];
  readonly cost: number;
}

/** The first word and the next one that is another. */
function firstTwo(words: readonly Counted[]): readonly Counted[] {
  const [first] = words;
  const second = words.find(({ word }) => word !== first!.word);
  return second === undefined ? [first!] : [first!, second];
}
