import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { MusterError } from '../../domain/errors.ts';
import { nearestWord } from '../../domain/text/nearest-word.ts';

const places = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' } as const;
type HttpPart = keyof typeof places;

/** How many faults the sentence itself names; all of them stand in `errors`. */
const namedMax = 3;

/**
 * Checks one part of a request by its schema. A fault is a `bad-request` whose `errors` name each place and
 * what was expected there, in words.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const place = places[(httpPart ?? 'body') as HttpPart];
  return (data: unknown) => {
    const parsed = z.safeParse(schema, data, { reportInput: true });
    if (parsed.success) return { value: parsed.data };
    const errors = parsed.error.issues.flatMap((issue) =>
      wordsOf(issue, schema, place).map((message) => ({ in: place, path: pathText(issue.path), message })),
    );
    const named = errors
      .slice(0, namedMax)
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    const more = errors.length > namedMax ? ` And ${errors.length - namedMax} more.` : '';
    return {
      error: new MusterError('bad-request', `In the ${place}: ${named.join(' ')}${more}`, { errors }),
    };
  };
};

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function wordsOf(issue: z.core.$ZodIssue, schema: z.ZodType, place: string): string[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownName(key, issue.path, schema, place));
    case 'invalid_type':
      if (issue.input === undefined) return [`${expectedType(issue.expected)} is needed here.`];
      return [`Expected ${expectedType(issue.expected)}, got ${kindOf(issue.input)}.`];
    case 'invalid_value':
      return [oneOfWords(issue.values, issue.input)];
    case 'too_big':
      return [`Expected ${sizeWords('at most', Number(issue.maximum), issue.origin)}.`];
    case 'too_small':
      return [`Expected ${sizeWords('at least', Number(issue.minimum), issue.origin)}.`];
    default:
      return [issue.message.endsWith('.') ? issue.message : `${issue.message}.`];
  }
}

function unknownName(key: string, path: readonly PropertyKey[], schema: z.ZodType, place: string): string {
  const what = place === 'query' ? 'parameter' : 'member';
  const known = path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const meant = nearestWord(key, known) ?? known.find((name) => name.toLowerCase() === key.toLowerCase());
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return `The ${what} “${shown}” is not known here.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`;
}

function oneOfWords(values: readonly unknown[], input: unknown): string {
  const words = values.map(String);
  const meant = typeof input === 'string' ? nearestWord(input.toUpperCase(), words) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `Expected ${words.length === 1 ? words[0] : `one of ${words.join(', ')}`}.${hint}`;
}

function sizeWords(bound: string, size: number, origin: string): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
  return `${bound} ${size}${unit}`;
}

function expectedType(expected: string): string {
  const article = /^[aeiou]/.test(expected) ? 'an' : 'a';
  const word = { int: 'integer', record: 'object', nan: 'number' }[expected] ?? expected;
  return word === 'string' ? 'a text' : `${word === 'integer' ? 'an' : article} ${word}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isNaN(value) ? 'something else' : 'a number';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
