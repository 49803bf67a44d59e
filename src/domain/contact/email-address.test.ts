import fc from 'fast-check';
import { expect, test } from 'vitest';
import { romanise } from '../text/fold.ts';
import { isHopelessEmail, isPlainEmail } from './email-address.ts';

test('I16 what cannot be an address is hopeless', () => {
  for (const text of [
    '',
    'ann',
    '@school.example',
    'ann@',
    'an n@school.example',
    'ann@school.example\u0000',
  ]) {
    expect([text, isHopelessEmail(text), isPlainEmail(text)]).toEqual([text, true, false]);
  }
  for (const text of ['ann@school.example', 'ann@@school.example', 'änn@school.example']) {
    expect([text, isHopelessEmail(text)]).toEqual([text, false]);
  }
  expect(isPlainEmail("o'brien+x@school.example")).toBe(true);
});

test('I17 a plain address is not hopeless, and stands as it is in Latin script', () => {
  const sign = fc.constantFrom(...'aZ09@ .-+!?~\t\u0000\u007f\u00a0äЙ');
  fc.assert(
    fc.property(fc.string({ unit: sign, maxLength: 8 }), (text) => {
      if (!isPlainEmail(text)) return;
      expect(isHopelessEmail(text)).toBe(false);
      expect(romanise(text).trim()).toBe(text);
    }),
    { numRuns: 2000 },
  );
});
