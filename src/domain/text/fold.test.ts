import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldForSearch, foldKey, romanise, trimmed } from './fold.ts';

test('S4 keys are compared trimmed, in NFC and without regard to case', () => {
  expect(foldKey('  JSmith ')).toBe('jsmith');
  expect(foldKey('Zoe\u0308')).toBe(foldKey('ZOË'));
  expect(foldKey('ŁUKASZ')).toBe('łukasz');
  expect(foldKey('zoe')).not.toBe(foldKey('zoë'));
});

test('S4 folding a folded key changes nothing', () => {
  for (const text of ['İstanbul', 'ΟΔΟΣ', 'Å', '\u212Aelvin', 'ﬃ', ' x\u00a0']) {
    expect(foldKey(foldKey(text))).toBe(foldKey(text));
  }
});

test('I17 contacts are romanised: Latin script, no diacritics', () => {
  expect(romanise('Łódź')).toBe('Lodz');
  expect(romanise('Юлия')).toBe('Yuliya');
  expect(romanise('Müller, Zoë')).toBe('Muller, Zoe');
  expect(romanise('\u041A\u0440\u0430\u0438\u0306')).toBe(romanise('Край'));
});

test('I17 ASCII passes unchanged, white space and controls included', () => {
  const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
  expect(romanise(ascii)).toBe(ascii);
});

test('I17 search compares romanised text in lower case with blanks collapsed', () => {
  expect(foldForSearch('  Łukasz \u00a0  KOWALSKI ')).toBe('lukasz kowalski');
  expect(foldForSearch('lukasz kowalski')).toBe('lukasz kowalski');
});

/** Short texts in which blanks, controls and letters of every kind stand anywhere. */
const anyText = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    '7',
    '-',
    ' ',
    '\t',
    '\n',
    '\0',
    '\u001c',
    '\u007f',
    '\u00a0',
    'Ł',
    'e\u0301',
    'İ',
  ),
  maxLength: 8,
});

test('S4, S8 what is folded or trimmed by less work comes to the same', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(trimmed(text)).toBe(text.trim());
      expect(foldKey(text)).toBe(text.trim().normalize('NFC').toLowerCase().normalize('NFC'));
      const searched = romanise(text).toLowerCase();
      expect(foldForSearch(text)).toBe(searched.replace(/[\s\0]+/g, ' ').trim());
    }),
    { numRuns: 2_000 },
  );
});
