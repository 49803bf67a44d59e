import { expect, test } from 'vitest';
import { packArray } from './staging.ts';

test.each([
  -1,
  0,
  1,
  -(2 ** 32),
  2 ** 32 + 5,
  -(2 ** 32) - 5,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
])('the whole number %d goes as its eight bytes', (value) => {
  const bytes = packArray('bigint', 1, () => value);
  expect(bytes.length).toBe(20 + 4 + 8);
  expect(bytes.readBigInt64BE(24)).toBe(BigInt(value));
});

test.each([1.5, Number.NaN, 2 ** 53, '7'])('%d is no whole number that is surely kept as it is', (value) => {
  expect(() => packArray('bigint', 1, () => value)).toThrow('whole numbers');
});

test('texts longer than there was room for go whole, with blanks and what is not there told apart', () => {
  const texts = ['', null, 'é€😀'.repeat(50_000), 'a\0b'];
  const bytes = packArray('text', texts.length, (place) => texts[place]!);
  const found: (string | null)[] = [];
  for (let at = 20; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    found.push(length < 0 ? null : bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + Math.max(0, length);
  }
  expect(found).toEqual(['', null, 'é€😀'.repeat(50_000), 'a\ufffdb']);
});
