import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycles, type NestingRow } from './nesting.ts';

const nothing = () => [];
const chain = (length: number): NestingRow[] =>
  Array.from({ length: length - 1 }, (_, n) => ({ set: `N${n + 1}`, nests: [`N${n + 2}`] }));

test('W16 a set in itself is a cycle of one', () => {
  expect(findCycles([{ set: 'A', nests: ['B', 'A'] }], nothing)).toEqual(new Map([[0, ['A', 'A']]]));
});

test('W16 of two sets in each other the later row closes the cycle', () => {
  const rows = [
    { set: 'A', nests: ['B'] },
    { set: 'B', nests: ['C', 'A'] },
  ];
  expect(findCycles(rows, nothing)).toEqual(new Map([[1, ['B', 'A', 'B']]]));
});

test('W16 a cycle of fifty is found with its whole path', () => {
  const rows = [...chain(50), { set: 'N50', nests: ['N1'] }];
  const path = ['N50', ...Array.from({ length: 50 }, (_, n) => `N${n + 1}`)];
  expect(findCycles(rows, nothing)).toEqual(new Map([[49, path]]));
});

test('W16 a cycle over what is stored is one as well', () => {
  const stored = (set: string) => (set === 'B' ? ['C'] : set === 'C' ? ['D'] : []);
  expect(findCycles([{ set: 'D', nests: ['X', 'B'] }], stored)).toEqual(new Map([[0, ['D', 'B', 'C', 'D']]]));
});

test('W16 a row that closes a cycle does not spoil the rows after it', () => {
  const rows = [
    { set: 'A', nests: ['B'] },
    { set: 'B', nests: ['A'] },
    { set: 'C', nests: ['B', 'A'] },
    { set: 'B', nests: ['D'] },
  ];
  expect([...findCycles(rows, nothing).keys()]).toEqual([1]);
});

test('a set may be reached in several ways', () => {
  const rows = [
    { set: 'A', nests: ['B', 'C'] },
    { set: 'B', nests: ['D'] },
    { set: 'C', nests: ['D'] },
  ];
  expect(findCycles(rows, nothing).size).toBe(0);
});

test('a chain of very many sets, deepest first, is no trouble', () => {
  expect(findCycles(chain(50_000).toReversed(), nothing).size).toBe(0);
});

test('W16 whatever the rows, those left close no cycle and each of the others would', () => {
  const set = fc.integer({ min: 0, max: 5 }).map(String);
  const row = fc.record({ set, nests: fc.uniqueArray(set, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), (rows) => {
      const found = findCycles(rows, nothing);
      const edges = new Set<string>();
      const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
        from === to ||
        (!seen.has(from) &&
          [...edges].some((edge) => {
            const [above, below] = edge.split('>');
            return above === from && reaches(below!, to, seen.add(from));
          }));
      for (const [place, { set: above, nests }] of rows.entries()) {
        expect(found.has(place)).toBe(nests.some((below) => reaches(below, above)));
        const path = found.get(place) ?? [];
        if (path.length === 0) for (const below of nests) edges.add(`${above}>${below}`);
        const steps = path.slice(1, -1).map((set, n) => `${set}>${path[n + 2]}`);
        expect(steps.filter((step) => !edges.has(step))).toEqual([]);
        expect([path[0] ?? above, path.at(-1) ?? above]).toEqual([above, above]);
        expect(path.length === 0 || nests.includes(path[1]!)).toBe(true);
      }
    }),
  );
});
