import { foldForSearch } from '../text/fold.ts';
import { fullName } from './identity.ts';
import { patronRoles, type PatronRole, type PatronValues } from './patron.ts';

/** Fields of a patron that a condition may look at. */
export const findFields = [
  'barcode',
  'username',
  'externalid',
  'firstname',
  'surname',
  'fullname',
  'email',
  'classgrade',
  'room',
  'role',
] as const;
export type FindField = (typeof findFields)[number];

/** One condition of a search: that a field, or any of them, contains every word. */
export interface FindCondition {
  /** How it joins those before it, from left to right. */
  readonly join: 'AND' | 'OR';
  readonly field: FindField | 'ALL';
  /** In their search form; at least one. */
  readonly words: readonly string[];
  /** Roles that the words mean as well, besides those whose names contain them. */
  readonly roles: readonly PatronRole[];
}

/** F11: whether a patron with this e-mail fits the conditions, judged from left to right. */
export function fitsConditions(
  patron: PatronValues,
  email: string,
  conditions: readonly FindCondition[],
): boolean {
  let fits = false;
  for (const [index, condition] of conditions.entries()) {
    const isOr = index === 0 || condition.join === 'OR';
    if (isOr) fits ||= fitsOne(patron, email, condition);
    else fits &&= fitsOne(patron, email, condition);
  }
  return fits;
}

function fitsOne(patron: PatronValues, email: string, { field, words, roles }: FindCondition): boolean {
  if ((field === 'ALL' || field === 'role') && roles.includes(patron.role)) return true;
  if (field === 'role') return words.every((word) => patron.role.toLowerCase().includes(word));
  // A line break keeps a word from matching across two fields.
  const names = field === 'ALL' ? findFields : [field];
  const text = foldLines(names.map((name) => textOf(patron, email, name)));
  return words.every((word) => text.includes(word));
}

function foldLines(texts: readonly string[]): string {
  return texts.map(foldForSearch).join('\n');
}

function textOf(patron: PatronValues, email: string, field: FindField): string {
  if (field === 'email') return email;
  return field === 'fullname' ? fullName(patron) : patron[field];
}

/** One way to fit: containing these words, and being of one of these roles where any are named. */
export interface FindWay {
  readonly words: readonly string[];
  readonly roles: readonly PatronRole[] | undefined;
}

/**
 * Ways to fit the conditions, such that whoever fits them fits a way: what an index can be asked for. Whoever it
 * finds is still to be judged.
 */
export function waysOf(conditions: readonly FindCondition[]): FindWay[] {
  let ways: FindWay[] = [];
  for (const [index, condition] of conditions.entries()) {
    const own = waysOfOne(condition);
    if (index === 0 || condition.join === 'OR') ways = [...ways, ...own];
    // Where a condition has several ways itself, those before it are enough to look at.
    else if (own.length === 1) ways = ways.map((way) => both(way, own[0]!));
  }
  return ways;
}

function waysOfOne({ field, words, roles }: FindCondition): FindWay[] {
  if (field === 'role') {
    const named = patronRoles.filter(
      (role) => roles.includes(role) || words.every((word) => role.toLowerCase().includes(word)),
    );
    return [{ words: [], roles: named }];
  }
  const way = { words, roles: undefined };
  return field === 'ALL' && roles.length > 0 ? [way, { words: [], roles }] : [way];
}

function both(a: FindWay, b: FindWay): FindWay {
  const roles = a.roles && b.roles ? a.roles.filter((role) => b.roles?.includes(role)) : (a.roles ?? b.roles);
  return { words: [...new Set([...a.words, ...b.words])], roles };
}
