import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRow, escapeInert, unescapeInert } from './csv.ts';

test('cells are quoted only where needed and the line ends in CRLF', () => {
  expect(csvRow(['a', 'b c', '', 'd,e', 'say "hi"', 'two\nlines', ' padded '])).toBe(
    'a,b c,,"d,e","say ""hi""","two\nlines"," padded "\r\n',
  );
  expect(csvRow(['a;b', 'c\td'])).toBe('"a;b","c\td"\r\n');
});

test('a record of one blank cell is not written as a blank line', () => {
  expect(csvRow([''])).toBe('""\r\n');
});

test('a cell that a spreadsheet would run is made inert', () => {
  expect(csvRow(['=1+1', '+61 400', '-', '@SUM(A1)', '\tx', '\rx'])).toBe(
    `'=1+1,'+61 400,'-,'@SUM(A1),"'\tx","'\rx"\r\n`,
  );
  expect(csvRow(["O'Brien", "'quoted'", 'a=b'])).toBe("O'Brien,'quoted',a=b\r\n");
});

test('making inert is taken back exactly, whatever the cell', () => {
  const cell = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a', ' ', 'é') });
  fc.assert(
    fc.property(cell, (text) => {
      const inert = escapeInert(text);
      expect(unescapeInert(inert)).toBe(text);
      expect(inert).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
