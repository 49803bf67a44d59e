import { expect, test } from 'vitest';
import { findExtraCell, recordCells } from './cells.ts';
import { columnLetters, columnName } from './column-name.ts';

test('S6 the first cell beyond the header that is not blank is found', () => {
  expect(findExtraCell(recordCells('a,b,,x,y', ',', 2), 2)).toBe('x');
  expect(findExtraCell(recordCells('a,b,, ', ',', 2), 2)).toBeUndefined();
  expect(findExtraCell(recordCells('a', ',', 2), 2)).toBeUndefined();
});

test('S8 a tab that was made inert is trimmed like any other', () => {
  expect(recordCells("'\tx", ',', 1)).toEqual(['x']);
});

test('columns are named by header, else by letters', () => {
  expect([0, 25, 26, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
  expect(columnName(['k', ''], 0)).toBe('column “k”');
  expect(columnName(['k', ''], 1)).toBe('column B');
  expect(columnName([], 2)).toBe('column C');
});
