import { WithSettings } from './local-query.ts';

/**
 * What the policy of `patron_search` lets through is said by three settings: two patterns of LIKE that must both fit,
 * where empty means everything of the tenant, or a regular expression, where empty means nothing. A transaction keeps
 * its settings, so each search says all of them.
 */
function settings(like: string, andLike = '', orRegex = ''): WithSettings['settings'] {
  return [
    ['muster.search', like],
    ['muster.search_and', andLike],
    ['muster.search_pair', orRegex],
  ];
}

/** Everything of the tenant; the value means nothing. */
export const everything = new WithSettings('', settings(''));

/** LIKE's pattern for a word anywhere in a text. */
export function containing(word: string): string {
  return `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** The word itself, to be looked for in every text of the tenant. */
export function inAll(word: string): WithSettings {
  return new WithSettings(word, settings(''));
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
 * LIKE's pattern for the first word, with settings that let through what the index finds of it and, where one is
 * given, of a second word that has trigrams too. Of two letters it knows no trigram, but those of the letters with one
 * more behind them, which in a folded text is ASCII, and of the end.
 */
export function inIndex(word: string, andWord?: string): WithSettings {
  const pattern = containing(word);
  if (pair.test(word)) {
    return new WithSettings(pattern, settings(`%${word}`, '', String.raw`${word}[\u0001-\u007f]`));
  }
  return new WithSettings(pattern, settings(pattern, andWord === undefined ? '' : containing(andWord)));
}
