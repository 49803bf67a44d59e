import { WithSettings } from './local-query.ts';

/** Patrons of a slice of the index: a power of two, as the index of migration 0013 has it. */
export const sliceSize = 65_536;
/** Slices a tenant can have, as that index has it. */
const slicesMax = 2 ** 24;
/** A text that next to none is like. */
const hardlyAny = 'qzqzq';

/** What the settings let through, of the tenant alone: everything where nothing is said. */
interface Let {
  /** Texts that fit both of these patterns of LIKE. */
  readonly like?: string | undefined;
  readonly andLike?: string | undefined;
  /** Or fit a regular expression. */
  readonly orRegex?: string;
  /** Or are of the slice and fit both of these. */
  readonly slice?: number;
  readonly sliceLike?: string | undefined;
  readonly sliceAndLike?: string | undefined;
}

/** How texts are looked at: one after the other as their patrons go, or those that the index has found. */
type Way = 'in order' | 'by index';

/**
 * What the policy of `patron_search` lets through is said by settings. A transaction keeps them, so each search says
 * all of them. The planner, which takes every text for unlikely, is told the way by what it may not do.
 */
function settings(way: Way, wall: Let): WithSettings['settings'] {
  const anyScan = way === 'in order' ? 'off' : 'on';
  return [
    ['enable_bitmapscan', anyScan],
    ['enable_seqscan', anyScan],
    // Starting other processes takes longer than most searches.
    ['max_parallel_workers_per_gather', '0'],
    ['muster.search', wall.like ?? ''],
    ['muster.search_and', wall.andLike ?? ''],
    ['muster.search_pair', wall.orRegex ?? ''],
    ['muster.search_slice', wall.slice === undefined ? '' : String(wall.slice)],
    ['muster.search_in', wall.sliceLike ?? ''],
    ['muster.search_in_and', wall.sliceAndLike ?? ''],
  ];
}

/** Everything of the tenant; the value means nothing. */
export const everything = new WithSettings('', settings('in order', {}));

/** The number of the slice in which a patron is. */
export function sliceOf(patronId: number): number {
  return Math.floor(patronId / sliceSize);
}

/** LIKE's pattern for a word anywhere in a text. */
export function containing(word: string): string {
  return `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** The word itself, to be looked for in every text of the tenant. */
export function inAll(word: string): WithSettings {
  return new WithSettings(word, settings('in order', {}));
}

const pair = /^[a-z0-9]{2}$/;

/** Whether the index knows trigrams of the word. */
export function hasTrigrams(word: string): boolean {
  return [...word].length > 2;
}

/** Whether the index can narrow down where the word is: by its trigrams, or as two letters with any third one. */
export function isIndexed(word: string): boolean {
  return hasTrigrams(word) || pair.test(word);
}

/**
 * LIKE's pattern for a word, with settings that let through what the index finds by the patterns, two at most, which
 * it is asked for in place of the words.
 */
export function inIndex(word: string, [like, andLike]: readonly string[]): WithSettings {
  return new WithSettings(containing(word), settings('by index', { like, andLike }));
}

/** The same within a slice of the tenant. */
export function inSlice(
  word: string,
  [sliceLike, sliceAndLike]: readonly string[],
  tenantId: number,
  slice: number,
): WithSettings {
  const own = tenantId * slicesMax + slice;
  return new WithSettings(
    containing(word),
    settings('by index', { like: hardlyAny, slice: own, sliceLike, sliceAndLike }),
  );
}

/**
 * The same of two letters, for which the index knows no trigram, but those of the letters with one more behind them,
 * which in a folded text is ASCII, and of the end.
 */
export function pairInIndex(word: string): WithSettings {
  const orRegex = String.raw`${word}[\u0001-\u007f]`;
  return new WithSettings(containing(word), settings('by index', { like: `%${word}`, orRegex }));
}
