import { expect, test } from 'vitest';
import { returnedText } from './returned.ts';

const answer = { result: true, msg: '', token: 'mt_1', renewtoken: 'mr_1', expire: '2026-01-01T00:00:00Z' };

test('F4 a token is the text, the whole object, or that object as JSON, within its d or not', () => {
  for (const value of ['mt_1', ' mt_1\n', answer, JSON.stringify(answer), { d: answer }]) {
    expect(returnedText(value, 'token')).toBe('mt_1');
  }
  for (const value of [JSON.stringify({ d: answer }), { d: JSON.stringify(answer) }]) {
    expect(returnedText(value, 'token')).toBe('mt_1');
  }
  expect(returnedText(answer, 'renewtoken')).toBe('mr_1');
  expect(returnedText({ result: true, msg: '', code: 'mc_1' }, 'code')).toBe('mc_1');
});

test('F4 what holds no token is blank, however it is wrapped', () => {
  let deep: unknown = answer;
  for (let level = 0; level < 9; level += 1) deep = { d: deep };
  for (const value of [undefined, null, 5, true, [], {}, { d: null }, '{"token":', { code: 'x' }, deep]) {
    expect(returnedText(value, 'token')).toBe('');
  }
});
