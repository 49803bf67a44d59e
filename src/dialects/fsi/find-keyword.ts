import { findFields, type FindCondition } from '../../domain/patron/find-condition.ts';
import type { PatronRole } from '../../domain/patron/patron.ts';
import { foldForSearch } from '../../domain/text/fold.ts';
import { FsiRefusal } from './members.ts';

/** F11: words that clients have for roles which are named otherwise here. */
const roleWords: Readonly<Record<string, readonly PatronRole[]>> = {
  staff: ['TEACHER', 'LIBRARIAN'],
  administrator: ['LIBRARIAN'],
};

const conditionsMax = 20;
const wordsMax = 50;

/**
 * F11: the conditions of a structured keyword: a list of `{tokens: [{key, value} …]}`, one condition each. One with a
 * blank value says nothing and is left out; unknown fields and methods are refused.
 */
export function readConditions(keyword: object): FindCondition[] {
  const conditions = listOf(keyword, 'keyword').map(readTokens);
  if (conditions.length > conditionsMax) {
    throw new FsiRefusal(`The keyword has more than ${conditionsMax} conditions.`);
  }
  return conditions.flatMap((tokens) => readCondition(tokens) ?? []);
}

function readTokens(condition: unknown): Map<string, string> {
  const tokens = listOf((condition as { tokens?: unknown } | null)?.tokens, 'tokens');
  return new Map(
    tokens.map((token) => {
      const { key, value } = (token ?? {}) as { key?: unknown; value?: unknown };
      return [textOf(key, 'key').toLowerCase(), textOf(value, 'value')];
    }),
  );
}

function readCondition(tokens: ReadonlyMap<string, string>): FindCondition | undefined {
  const word = (name: string, usual: string) => tokens.get(name)?.trim() || usual;
  const field = findFields.find((name) => name === word('findform_key', 'ALL').toLowerCase());
  if (field === undefined && word('findform_key', 'ALL').toUpperCase() !== 'ALL') {
    throw new FsiRefusal(`The findform_key must be ALL or one of ${findFields.join(', ')}.`);
  }
  if (word('findform_method', 'CONTAIN').toUpperCase() !== 'CONTAIN') {
    throw new FsiRefusal('The findform_method must be CONTAIN.');
  }
  const join = word('findform_condition', 'AND').toUpperCase();
  if (join !== 'AND' && join !== 'OR') throw new FsiRefusal('The findform_condition must be AND or OR.');
  const value = foldForSearch(tokens.get('findform_value') ?? '');
  const words = [...new Set(value.split(' ').filter(Boolean))];
  if (words.length > wordsMax) throw new FsiRefusal(`A findform_value has more than ${wordsMax} words.`);
  if (words.length === 0) return undefined;
  return { join, field: field ?? 'ALL', words, roles: roleWords[value] ?? [] };
}

/** A list, also as a form's numbered members give it. */
function listOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && Object.keys(value).every((key) => /^\d+$/.test(key))) {
    return Object.values(value);
  }
  throw new FsiRefusal(`The keyword’s ${name} must be a list.`);
}

function textOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new FsiRefusal(`A token’s ${name} must be a text.`);
}
