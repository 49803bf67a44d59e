import { expect, test } from 'vitest';
import { sampleSize, type Sample } from './search-sample.ts';
import { chooseWay } from './search-way.ts';

const million = 1_000_000;

function way(words: string[], counts: number[], all: number, texts = million): readonly string[] {
  return chooseWay(words, { counts, all, texts } satisfies Sample).asked;
}

test('what few contain is asked of the index, what many contain is read', () => {
  expect(way(['kowalski'], [1], 1)).toEqual(['kowalski']);
  expect(way(['kowalski'], [sampleSize / 25], sampleSize / 25)).toEqual([]);
  // Nobody of the sample: reading might have to go on to the end.
  expect(way(['kowalski'], [0], 0)).toEqual(['kowalski']);
});

test('two words that many contain, but few both, are asked of the index together', () => {
  expect(way(['grace', 'hughes'], [80, 80], 3)).toEqual(['hughes', 'grace']);
  expect(way(['grace', 'hughes'], [80, 60], 60)).toEqual([]);
});

test('the two rarest are asked for, of equally rare ones the longest', () => {
  expect(way(['jones', '7b', 'evans', 'ann'], [80, 20, 60, 70], 0)).toEqual(['7b']);
  expect(way(['jones', 'evans', 'ann'], [80, 60, 70], 0)).toEqual(['evans', 'ann']);
  expect(way(['ann', 'anneliese'], [0, 0], 0)).toEqual(['anneliese', 'ann']);
});

test('two letters go to the index alone, one letter and signs never', () => {
  expect(way(['zq'], [0], 0)).toEqual(['zq']);
  expect(way(['zq', 'kowalski'], [0, 80], 0)).toEqual(['zq']);
  expect(way(['z'], [0], 0)).toEqual([]);
  expect(way(["o'"], [0], 0)).toEqual([]);
});

test('the same word twice is asked for once', () => {
  expect(way(['anna', 'anna'], [5, 5], 5)).toEqual(['anna']);
});

test('where nobody is yet, the index has nothing to narrow down', () => {
  expect(way(['anna'], [0], 0, 0)).toEqual(['anna']);
});
