import { expect, test } from 'vitest';
import { MusterError } from '../domain/errors.ts';
import { safeError } from './safe-error.ts';

const secret = 'Canary Person <canary@example.org>';

test('an error is told by kind, code and place, without its message', () => {
  const error = Object.assign(new TypeError(`no such column: ${secret}`), { code: 'ERR_X', errcode: 1 });
  const safe = safeError(error);
  expect(safe).toMatchObject({ type: 'TypeError', code: 'ERR_X', errcode: 1 });
  expect(safe.stack).toContain('safe-error.test.ts');
  expect(JSON.stringify(safe)).not.toContain('Canary');
});

test('lines of a message that look like frames are no frames', () => {
  const error = new Error(`first\n    at ${secret}\n    at Canary (/home/canary.csv:1:2)`);
  expect(JSON.stringify(safeError(error))).not.toContain('anary@');
  expect(JSON.stringify(safeError(error))).not.toContain('canary.csv');
});

test('a name or code that is no word of a program is left out, and so is what is no error', () => {
  const error = Object.assign(new Error('x'), { name: secret, code: secret });
  expect(JSON.stringify(safeError(error))).not.toContain('Canary');
  expect(safeError(secret)).toEqual({ type: 'string', stack: '' });
});

test('causes are told the same way, and a circle of them ends', () => {
  const inner = new MusterError('storage-full', secret);
  expect(safeError(new Error(secret, { cause: inner }))).toMatchObject({ cause: { code: 'storage-full' } });
  const circle = new Error('a');
  circle.cause = circle;
  expect(JSON.stringify(safeError(circle))).not.toContain('Canary');
});
