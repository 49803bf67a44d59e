import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countIn, KeptSample, sampleSize, type TextSample } from './search-sample.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sampleOf = (count: number): TextSample => ({
  texts: Array<string>(count).fill('grace hughes'),
  last: count,
});

test('a full sample serves for a while and is then forgotten', async () => {
  const kept = new KeptSample();
  const read = vi.fn(() => Promise.resolve(sampleOf(sampleSize)));
  expect(await kept.take(read)).toBe(await kept.take(read));
  expect(read).toHaveBeenCalledTimes(1);
  vi.runAllTimers();
  await kept.take(read);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a sample that is not full is read for each search, as there may soon be many more texts', async () => {
  const kept = new KeptSample();
  expect((await kept.take(() => Promise.resolve(sampleOf(1)))).last).toBe(1);
  expect((await kept.take(() => Promise.resolve(sampleOf(sampleSize)))).last).toBe(sampleSize);
});

test('it is counted in how many texts each word is contained, and in how many all are', () => {
  const sample = { texts: ['grace hughes', 'grace abbott', 'amelia hughes'], last: 9 };
  expect(countIn(sample, ['grace', 'ughe', 'zq'])).toEqual({ counts: [2, 2, 0], all: 0, texts: 9 });
  expect(countIn(sample, ['grace', 'ughe'])).toEqual({ counts: [2, 2], all: 1, texts: 9 });
});
