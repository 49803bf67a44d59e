import { expect, test } from 'vitest';
import { sampleSize, type Sample } from './search-sample.ts';
import { chooseWay, isRarerThanThought } from './search-way.ts';

const million = 1_000_000;

interface More {
  readonly texts?: number;
  readonly everybody?: number;
  readonly limit?: number;
}

function way(words: string[], counts: number[], all: number, more: More = {}): string {
  const { texts = million, everybody = texts, limit } = more;
  const { by, asked } = chooseWay(words, { counts, all, texts, everybody } satisfies Sample, limit);
  return [by, ...asked].join(' ');
}

test('what few contain is asked of the index', () => {
  expect(way(['kowalski'], [1], 1)).toBe('index kowalski');
  // Nobody of the sample: reading might have to go on to the end.
  expect(way(['kowalski'], [0], 0)).toBe('index kowalski');
});

test('what many contain is asked of the first slices, what nearly all contain is read', () => {
  expect(way(['kowalski'], [sampleSize / 50], sampleSize / 50)).toBe('slices kowalski');
  expect(way(['student'], [sampleSize], sampleSize)).toBe('reading');
  // A page of them is read sooner than a slice.
  expect(way(['kowalski'], [sampleSize / 25], sampleSize / 25, { limit: 51 })).toBe('reading');
});

test('two words that many contain, but few both, are asked for together: a page of the first slices, all of all', () => {
  expect(way(['grace', 'hughes'], [80, 80], 3, { limit: 51 })).toBe('slices hughes grace');
  expect(way(['grace', 'hughes'], [80, 80], 3)).toBe('index hughes grace');
});

test('two names that nobody of the sample has both are taken for no rarer than chance has it', () => {
  expect(way(['grace', 'hughes'], [80, 80], 0, { limit: 51 })).toBe('slices hughes grace');
  expect(way(['grace', 'hughes'], [80, 8], 0, { limit: 51 })).toBe('index hughes grace');
});

test('a large school is gone on with in the whole index where a slice had few of those wanted, one of many is not', () => {
  expect(isRarerThanThought(0, 51, 15, million)).toBe(true);
  expect(isRarerThanThought(3, 51, 15, million)).toBe(true);
  expect(isRarerThanThought(30, 51, 15, million)).toBe(false);
  expect(isRarerThanThought(51, 51, 15, million)).toBe(false);
  expect(isRarerThanThought(0, 51, 1, million)).toBe(false);
  expect(isRarerThanThought(0, 51, 15, 100 * million)).toBe(false);
});

test('one of several tenants is looked through by its own slices, unless it is most of them', () => {
  const texts = 20_000;
  expect(way(['kowalski'], [0], 0, { texts, everybody: 10 * million })).toBe('slices kowalski');
  expect(way(['kowalski'], [0], 0, { texts })).toBe('index kowalski');
});

test('the two rarest are asked for, of equally rare ones the longest', () => {
  expect(way(['jones', '7b', 'evans', 'ann'], [80, 1, 60, 70], 0)).toBe('index 7b');
  // Two letters go to the index alone, which then gives more than two words together.
  expect(way(['jones', '7b', 'evans', 'ann'], [80, 20, 60, 70], 0)).toBe('slices evans ann');
  expect(way(['jones', 'evans', 'ann'], [80, 60, 70], 0)).toBe('index evans ann');
  expect(way(['ann', 'anneliese'], [0, 0], 0)).toBe('index anneliese ann');
});

test('two letters go to the whole index alone, beside a word to its slices; one letter and signs never', () => {
  expect(way(['zq'], [0], 0)).toBe('index zq');
  expect(way(['zq', 'kowalski'], [0, 80], 0)).toBe('index zq');
  expect(way(['xu', 'eleni'], [70, 80], 3, { limit: 51 })).toBe('slices eleni');
  expect(way(['z'], [0], 0)).toBe('reading');
  expect(way(["o'"], [0], 0)).toBe('reading');
});

test('the same word twice is asked for once', () => {
  expect(way(['anna', 'anna'], [1, 1], 1)).toBe('index anna');
});

test('where nobody is yet, there is nothing to narrow down', () => {
  expect(way(['anna'], [0], 0, { texts: 0 })).not.toContain('NaN');
});
