import fc from 'fast-check';
import { expect, test } from 'vitest';
import { narrowing } from './search-pieces.ts';

const shares: Readonly<Record<string, number>> = { gra: 0.04, rac: 0.03, ace: 0.05 };
const shareOf = (trigram: string) => shares[trigram] ?? 0.01;

/** Whether a text fits a pattern of LIKE that has none but its own signs and %. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split('%').map((part) => part.replaceAll('\\', ''));
  let at = 0;
  return parts.every((part) => {
    const found = text.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
}

test('the index is asked for the rarest piece of a common word, if that finds hardly more', () => {
  expect(narrowing('grace', 0.03, shareOf)).toBe('%rac%');
  expect(narrowing('grace', 0.01, shareOf)).toBe('%grace%');
});

test('of a rare word it is asked for three pieces that do not overlap, in their order', () => {
  const rare = (trigram: string) => (['i12', '345', 'gko'].includes(trigram) ? 0.001 : 0.01);
  expect(narrowing('gkowalski12345', 0, rare)).toBe('%gko%i12%345%');
});

test('of a short rare word it is asked for the whole', () => {
  expect(narrowing('123456', 0, shareOf)).toBe('%123456%');
});

test('signs are no part of a piece, as the index knows no trigrams of them', () => {
  expect(narrowing("o'b-r_i", 0, shareOf)).toBe(String.raw`%o'b-r\_i%`);
  expect(narrowing('a_grace', 0.03, shareOf)).toBe('%rac%');
});

test('every text that contains the word fits what the index is asked for', () => {
  const sign = fc.constantFrom(...'ab1_-');
  fc.assert(
    fc.property(
      fc.string({ unit: sign, minLength: 1, maxLength: 16 }),
      fc.string({ unit: sign, maxLength: 5 }),
      fc.constantFrom(0, 0.01, 0.5),
      fc.func(fc.double({ min: 0, max: 1, noNaN: true })),
      (word, around, share, anyShareOf) => {
        const pattern = narrowing(word, share, anyShareOf as (trigram: string) => number);
        expect(isLike(around + word + around, pattern)).toBe(true);
      },
    ),
  );
});
