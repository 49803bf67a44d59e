import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptSample, sampleSize, TextSample } from './search-sample.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sampleOf = (count: number) => new TextSample(Array<string>(count).fill('grace hughes'), count, count);

test('a full sample serves for a while and is then forgotten', async () => {
  const kept = new KeptSample();
  const read = vi.fn(() => Promise.resolve(sampleOf(sampleSize)));
  expect(await kept.take(read)).toBe(await kept.take(read));
  expect(read).toHaveBeenCalledTimes(1);
  vi.runAllTimers();
  await kept.take(read);
  expect(read).toHaveBeenCalledTimes(2);
});

test('while one search reads a new sample the others have the old one', async () => {
  const kept = new KeptSample();
  const [old, fresh] = [sampleOf(sampleSize), sampleOf(sampleSize)];
  await kept.take(() => Promise.resolve(old));
  vi.advanceTimersByTime(10_000);
  const reading = Promise.withResolvers<TextSample>();
  const first = kept.take(() => reading.promise);
  const never = vi.fn(() => Promise.resolve(sampleOf(sampleSize)));
  expect([await kept.take(never), await kept.take(never)]).toEqual([old, old]);
  reading.resolve(fresh);
  expect(await first).toBe(fresh);
  expect(await kept.take(never)).toBe(fresh);
  expect(never).not.toHaveBeenCalled();
});

test('searches that come at once read one sample, or each its own where that reading fails', async () => {
  const kept = new KeptSample();
  const reading = Promise.withResolvers<TextSample>();
  const first = kept.take(() => reading.promise);
  const own = vi.fn(() => Promise.resolve(sampleOf(sampleSize)));
  const others = [kept.take(own), kept.take(own)];
  reading.reject(new Error('cut'));
  await expect(first).rejects.toThrow('cut');
  expect((await Promise.all(others)).map(({ last }) => last)).toEqual([sampleSize, sampleSize]);
  expect(own).toHaveBeenCalledTimes(2);

  const again = Promise.withResolvers<TextSample>();
  const together = [kept.take(() => again.promise), kept.take(own), kept.take(own)];
  again.resolve(sampleOf(sampleSize));
  const [one, ...same] = await Promise.all(together);
  expect(same).toEqual([one, one]);
  expect(own).toHaveBeenCalledTimes(2);
});

test('a sample that is not full is read for each search, as there may soon be many more texts', async () => {
  const kept = new KeptSample();
  expect((await kept.take(() => Promise.resolve(sampleOf(1)))).last).toBe(1);
  expect((await kept.take(() => Promise.resolve(sampleOf(sampleSize)))).last).toBe(sampleSize);
});

test('it is counted in how many texts each word is contained, and in how many all are', () => {
  const sample = new TextSample(['grace hughes', 'grace abbott', 'amelia hughes'], 9, 20);
  const sizes = { texts: 9, everybody: 20 };
  expect(sample.count(['grace', 'ughe', 'zq'])).toEqual({ counts: [2, 2, 0], all: 0, ...sizes });
  expect(sample.count(['grace', 'ughe'])).toEqual({ counts: [2, 2], all: 1, ...sizes });
  expect(sample.count(['hughes'])).toEqual({ counts: [2], all: 2, ...sizes });
});

test('it is counted as if each text were looked at by itself', () => {
  const texts = ['', 'ab\nba', 'a', 'abab', 'x', 'ba', '', 'ab'];
  const sample = new TextSample(texts, 8, 8);
  const having = (word: string) => texts.filter((text) => text.includes(word));
  for (const words of [['ab'], ['a'], ['ba', 'ab'], ['x', 'a'], ['b', 'a', 'ab'], ['zz'], ['abx']]) {
    const all = texts.filter((text) => words.every((word) => text.includes(word)));
    const { counts, all: both } = sample.count(words);
    expect([counts, both]).toEqual([words.map((word) => having(word).length), all.length]);
  }
});

test('a server that does not know yet how many texts there are is told that it has at least those of the tenant', () => {
  expect(new TextSample(['grace'], 9, 0).everybody).toBe(9);
});

test('a text counts once for three letters, however often it has them', () => {
  const sample = new TextSample(['banana', 'ananas', 'grace'], 3, 3);
  expect(sample.shareOf('ana') / sample.shareOf('gra')).toBe(2);
  expect(sample.shareOf('zzz')).toBe(0);
});
