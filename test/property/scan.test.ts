import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanCell } from '../../src/sync/scan/cells.ts';
import { defaultScanLimits } from '../../src/sync/scan/limits.ts';
import { RecordScanner, scanBlocks } from '../../src/sync/scan/record-scanner.ts';
import { chunkedSource, scanAll } from '../support/scanned.ts';

// A file as people write it: cells quoted or not, white space around, three line ends mixed, blank lines.
const letters = ['a', 'B', ' ', '"', ',', ';', '\t', '\r', '\n', 'é', 'Ł', '😀', '\u00a0', "'", '=', '-'];
const anyText = fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
const blanks = fc.constantFrom('', '', '', ' ', '  ', ' \u0020');
const quotedCell = fc
  .tuple(blanks, anyText, blanks)
  .map(([before, text, after]) => `${before}"${text.replaceAll('"', '""')}"${after}`);
// Unquoted: no delimiter or line break, and no quote where it would open a cell.
const plainText = fc.string({
  unit: fc.constantFrom('a', 'B', '7', '"', ' ', 'é', '😀', "'", '+'),
  maxLength: 8,
});
const plainCell = plainText.filter((text) => !text.trimStart().startsWith('"'));
const row = fc.array(fc.oneof(plainCell, quotedCell), { minLength: 1, maxLength: 5 });
const lineEnd = fc.constantFrom('\r\n', '\n', '\r');
const delimiter = fc.constantFrom(',', ';', '\t');
const body = fc.array(fc.tuple(row, lineEnd), { maxLength: 20 });

function fileText(by: string, rows: [string[], string][], endsInLineBreak: boolean): string {
  // A plain header fixes the delimiter.
  const lines = [[['k', 'v', 'w'], '\n'] as [string[], string], ...rows];
  const text = lines.map(([cells, end]) => cells.join(by) + end).join('');
  return endsInLineBreak ? text : text.replace(/(\r\n|\r|\n)$/, '');
}

/** What csv-parse makes of it: row number and cells of each row that is not blank. */
function byOracle(text: string, by: string): { row: number; cells: string[] }[] {
  const records: string[][] = parse(text, {
    delimiter: by,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    trim: true,
  });
  return records
    .map((record, index) => ({ row: index + 1, cells: shaped(record.map(cleanCell), 3) }))
    .filter(({ row, cells }) => row > 1 && cells.some((cell) => cell !== ''));
}

function shaped(cells: string[], columns: number): string[] {
  const width = Math.max(columns, cells.findLastIndex((cell) => cell !== '') + 1);
  return Array.from({ length: width }, (_, index) => cells[index] ?? '');
}

test('S6 S7 S8 cells and row numbers are those csv-parse finds', () => {
  fc.assert(
    fc.property(
      delimiter,
      body,
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      (by, rows, ended, chunkBytes) => {
        const text = fileText(by, rows, ended);
        const scanned = scanAll(chunkedSource(Buffer.from(text), chunkBytes));
        expect(scanned.rows).toEqual(byOracle(text, by));
      },
    ),
    { numRuns: 2000 },
  );
});

/** Row, text and cell count of every record that is not blank, read in blocks of `blockBytes`. */
function recordsOf(bytes: Buffer, by: string, blockBytes: number): [number, string, number][] {
  const found: [number, string, number][] = [];
  scanBlocks(
    chunkedSource(bytes, blockBytes).chunks() as Iterable<Buffer>,
    new RecordScanner(by, defaultScanLimits),
    (record, block) => {
      found.push([record.row, block.toString('utf8', record.start, record.end), record.cellCount]);
    },
  );
  return found;
}

test('S6 S7 records are the same however the file is cut into blocks', () => {
  fc.assert(
    fc.property(
      delimiter,
      body,
      fc.boolean(),
      fc.integer({ min: 1, max: 12 }),
      (by, rows, ended, blockBytes) => {
        const bytes = Buffer.from(fileText(by, rows, ended));
        expect(recordsOf(bytes, by, blockBytes)).toEqual(recordsOf(bytes, by, bytes.length));
      },
    ),
    { numRuns: 1000 },
  );
});

test('S6 a file whose rows lie on disk gives the same subjects and rows as memory does', () => {
  fc.assert(
    fc.property(delimiter, body, fc.boolean(), (by, rows, ended) => {
      const bytes = Buffer.from(fileText(by, rows, ended));
      const source = chunkedSource(bytes, 5);
      const limits = { heldBytesMax: 0 };
      const readAt = (into: Buffer, at: number) => void bytes.copy(into, 0, at);
      expect(scanAll(source, { limits })).toEqual(scanAll(bytes));
      expect(scanAll({ ...source, readAt }, { limits })).toEqual(scanAll(bytes));
      const marked = Buffer.concat([Buffer.from('\ufeff'), bytes]);
      const markedAt = (into: Buffer, at: number) => void marked.copy(into, 0, at);
      expect(scanAll({ ...chunkedSource(marked, 7), readAt: markedAt }, { limits })).toEqual(scanAll(bytes));
    }),
    { numRuns: 300 },
  );
});

test('S6 partition files give the same subjects and rows as memory does', () => {
  fc.assert(
    fc.property(delimiter, body, fc.boolean(), (by, rows, ended) => {
      const bytes = Buffer.from(fileText(by, rows, ended));
      const held = scanAll(bytes);
      const limits = { partitionBytes: Math.max(1, bytes.length - 1) };
      const spilled = scanAll(chunkedSource(bytes, 5), { limits });
      const subjects = spilled.subjects.toSorted((one, other) => one.rows[0]! - other.rows[0]!);
      expect({ ...spilled, subjects }).toEqual(held);
    }),
    { numRuns: 300 },
  );
});
