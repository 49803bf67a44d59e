import { expect, test } from 'vitest';
import { batchesOf } from './batches.ts';
import type { Partition } from './scan/partition.ts';

/** A partition of subjects with so many rows each, numbered through from 2. */
function partitionOf(...subjects: readonly (readonly [key: string, rows: number])[]): Partition {
  let row = 2;
  const all = subjects.map(([key, count]) => ({
    key,
    rows: Array.from({ length: count }, () => ({ row: row++, cutOff: false, cells: () => [key, 'x'] })),
  }));
  return {
    subjectCount: all.length,
    rowCount: row - 2,
    rowCountOf: (index) => all[index]!.rows.length,
    hashesFrom: 0,
    hashesTo: 1,
    hashOf: () => 0,
    printOf: () => false,
    find: () => -1,
    hasKey: (index) => all[index]!.key !== '',
    keyOf: (index) => all[index]!.key,
    rowsOf: (index) => all[index]!.rows,
  };
}

const shape = (partition: Partition, subjectsMax: number) =>
  Array.from(batchesOf(partition, 2, subjectsMax), (batch) =>
    batch.map((subject) => `${subject.key} ${subject.decode().rows.length}`),
  );

test('a batch ends at so many subjects, or earlier at very many rows', () => {
  const small = partitionOf(['a', 1], ['b', 2], ['c', 1]);
  expect(shape(small, 2)).toEqual([['a 1', 'b 2'], ['c 1']]);
  const large = partitionOf(['a', 1], ['b', 30_000], ['c', 1]);
  expect(shape(large, 500)).toEqual([['a 1', 'b 30000'], ['c 1']]);
});

test('rows that name nobody come in pieces, all of them and in order', () => {
  const partition = partitionOf(['a', 1], ['', 50_000]);
  expect(shape(partition, 500)).toEqual([['a 1', ' 20000'], [' 20000'], [' 10000']]);
  const rows = [...batchesOf(partition, 2, 500)].flat().flatMap((subject) => subject.decode().rows);
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 50_001 }, (_, index) => index + 2));
});

test('a file with more rows about one patron than fit together is refused and says where', () => {
  const partition = partitionOf(['ben', 1], ['anna', 100_001]);
  expect(() => shape(partition, 500)).toThrow(/100001 rows about the one that row 3 names/);
});
