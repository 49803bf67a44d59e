import { expect, test } from 'vitest';
import { SetGraph, type FrameSet } from './set-graph.ts';

const at = Date.UTC(2026, 2, 1);
const set = (id: number, targets: number[], more: Partial<FrameSet> = {}): FrameSet => ({
  id,
  targets,
  nested: [],
  startDate: null,
  endDate: null,
  inactiveSince: null,
  ...more,
});
const granted = (sets: FrameSet[], day: string) => [...new SetGraph(sets, at).grantedOn(1, day)];

test('W16 a set grants its own targets and those of active sets nested in it, to any depth', () => {
  const sets = [set(1, [0], { nested: [2] }), set(2, [40], { nested: [3] }), set(3, [7])];
  expect(granted(sets, '2026-03-02')).toEqual([0, 7, 40]);
});

test('W16 below a set that is not active nothing is granted, unless by another way', () => {
  const upcoming = { nested: [3], startDate: '2026-03-05' };
  const sets = [set(1, [0], { nested: [2] }), set(2, [1], upcoming), set(3, [2])];
  expect(granted(sets, '2026-03-04')).toEqual([0]);
  expect(granted(sets, '2026-03-05')).toEqual([0, 1, 2]);
  expect(granted([set(1, [0], { nested: [2, 3] }), ...sets.slice(1)], '2026-03-04')).toEqual([0, 2]);
  expect(granted([set(1, [0], { inactiveSince: at - 1 })], '2026-03-04')).toEqual([]);
});

test('W16 sets nested in a circle end, and say when any of them turns', () => {
  const sets = [set(1, [0], { nested: [2] }), set(2, [1], { nested: [1], endDate: '2026-03-09' })];
  const graph = new SetGraph(sets, at);
  expect([...graph.grantedOn(1, '2026-03-08')]).toEqual([0, 1]);
  expect([...graph.grantedOn(1, '2026-03-09')]).toEqual([0]);
  expect(graph.turnsWithin(1, '2026-03-02', '2026-04-01')).toEqual(['2026-03-09']);
  expect(graph.turningOn(1, '2026-03-09')).toEqual([{ entity: 'authorization-set', id: 2, turn: 'end' }]);
});
