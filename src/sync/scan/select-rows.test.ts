import { expect, test } from 'vitest';
import { csvRow } from '../../domain/text/csv.ts';
import { bufferSource } from './byte-source.ts';
import { selectRows } from './select-rows.ts';
import { chunkedSource, scanAll } from '../../../test/support/scanned.ts';

const bytes = Buffer.from('\nk;v\nł;1\n\n"b\nb";2\nc;3;extra\nd');

test('S7 rows are selected by the numbers a spreadsheet shows', () => {
  const selected = selectRows(bufferSource(bytes), new Set([2, 5, 6, 99]));
  expect(selected.header).toEqual(['k', 'v']);
  expect([...selected.pieces].flat()).toEqual([
    { row: 5, cells: ['b\nb', '2'] },
    { row: 6, cells: ['c', '3', 'extra'] },
  ]);
  expect([...selected.pieces].flat()).toHaveLength(2);
});

test('S7 rows are selected by a condition, in a file of many blocks', () => {
  const text = `k,v\n${Array.from({ length: 400_000 }, (_, index) => `user${index},x`).join('\n')}`;
  const source = chunkedSource(Buffer.from(text), 100_000);
  const pieces = [...selectRows(source, (row) => row % 100_000 === 0).pieces];
  expect(pieces.length).toBeGreaterThan(2);
  const rows = pieces.flat();
  expect(rows.map((row) => [row.row, row.cells[0]])).toEqual([
    [100_000, 'user99998'],
    [200_000, 'user199998'],
    [300_000, 'user299998'],
    [400_000, 'user399998'],
  ]);
});

test('selected rows written as CSV read back as they were', () => {
  const cells = ['=1+1', '+61 "4"', "'-x", 'a;b', 'two\r\nlines', 'ł'];
  const header = cells.map((_, index) => `h${index}`);
  const written = Buffer.from(csvRow(header) + csvRow(cells));
  expect([...selectRows(bufferSource(written), new Set([2])).pieces].flat()).toEqual([{ row: 2, cells }]);
  expect(scanAll(written).notes).toEqual([]);
});
