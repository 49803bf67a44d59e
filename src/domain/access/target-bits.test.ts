import { expect, test } from 'vitest';
import { addAll, addTarget, countIn, meet, noTargets, takeApart, targetsIn } from './target-bits.ts';

const of = (...targets: number[]) => {
  const bits = noTargets(70);
  for (const target of targets) addTarget(bits, target);
  return bits;
};

test('targets are kept by their numbers, at both ends of a word', () => {
  expect(targetsIn(of(69, 0, 31, 32, 63, 64))).toEqual([0, 31, 32, 63, 64, 69]);
  expect(targetsIn(of())).toEqual([]);
});

test('sets are united, compared, and rid of what they have in common', () => {
  const bits = of(1, 33);
  addAll(bits, of(33, 65));
  expect(targetsIn(bits)).toEqual([1, 33, 65]);
  expect([meet(bits, of(65)), meet(bits, of(64))]).toEqual([true, false]);
  const others = of(31, 33, 64);
  expect(takeApart(bits, others, of(64, 65))).toBe(true);
  expect([targetsIn(bits), targetsIn(others)]).toEqual([[1], [31]]);
  expect(takeApart(of(31), of(31), of())).toBe(false);
  expect(takeApart(of(31), of(), of(31))).toBe(false);
});

test('targets are counted by their numbers', () => {
  const counts: number[] = [];
  expect(countIn(of(1, 33), counts)).toBe(true);
  expect(countIn(of(33, 69), counts)).toBe(true);
  expect(countIn(of(), counts)).toBe(false);
  expect([counts[1], counts[33], counts[69], counts[2]]).toEqual([1, 2, 1, undefined]);
});
