import { expect, test } from 'vitest';
import { addAll, addTarget, meet, noTargets, takeApart, targetsIn } from './target-bits.ts';

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
  const others = of(31, 33);
  expect(takeApart(bits, others)).toBe(true);
  expect([targetsIn(bits), targetsIn(others)]).toEqual([[1, 65], [31]]);
  expect(takeApart(of(31), of(31))).toBe(false);
});
