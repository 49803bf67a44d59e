import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { MusterError } from '../../domain/errors.ts';
import { bufferSource } from './byte-source.ts';
import { scanFile } from './scan-file.ts';
import { chunkedSource, refusalOf, repeatedSource, scanAll } from '../../../test/support/scanned.ts';

const cellsOf = (content: string | Uint8Array) => scanAll(content).rows.map((row) => row.cells);
const rowsOf = (content: string | Uint8Array) => scanAll(content).rows.map((row) => row.row);

describe('line ends and blank lines', () => {
  test.each([
    ['CRLF', 'k,v\r\na,1\r\nb,2\r\n'],
    ['LF', 'k,v\na,1\nb,2\n'],
    ['CR', 'k,v\ra,1\rb,2\r'],
    ['mixed', 'k,v\r\na,1\rb,2\n'],
    ['no line break at the end', 'k,v\na,1\nb,2'],
  ])('S6 %s', (_, text) => {
    expect(scanAll(text).header).toEqual(['k', 'v']);
    expect(scanAll(text).rows).toEqual([
      { row: 2, cells: ['a', '1'] },
      { row: 3, cells: ['b', '2'] },
    ]);
  });

  test('S6 blank lines are skipped, whatever their blanks are made of', () => {
    const blanks = ['', '   ', ',', ',,,', '"",""', ' " " , ', '\t', '\u00a0,\u3000', '\ufeff'];
    const scanned = scanAll(['k,v', ...blanks, 'a,1'].join('\n'));
    expect(scanned.rows).toEqual([{ row: 2 + blanks.length, cells: ['a', '1'] }]);
    expect(scanned.blankRows).toBe(blanks.length);
    expect(scanned.rowCount).toBe(1);
  });

  test('S6 a row with anything in it is not blank', () => {
    expect(cellsOf('k,v\n"""",\n,-\n,é\n,\u2116\n')).toEqual([
      ['"', ''],
      ['', '-'],
      ['', 'é'],
      ['', '\u2116'],
    ]);
  });

  test('S6 an empty file and a blank one have no header and no rows', () => {
    const subjectColumns = vi.fn(() => [0]);
    for (const text of ['', '\n\r\n  \n', ',,,\n', '\n;;\n', '\t\t', '\ufeff']) {
      const { header, rowCount, subjects } = scanAll(text, { subjectColumns });
      expect({ header, rowCount, subjects }).toEqual({ header: [], rowCount: 0, subjects: [] });
    }
    expect(subjectColumns).not.toHaveBeenCalled();
  });
});

describe('row numbers', () => {
  test('S7 the header is row 1 and blank lines count', () => {
    expect(rowsOf('k,v\na,1\n\n,,\nb,2\r\n\r\nc,3')).toEqual([2, 5, 7]);
  });

  test('S7 blank lines before the header count too', () => {
    expect(rowsOf('\r\n  \nk,v\na,1')).toEqual([4]);
  });

  test('S7 a line break inside quotes starts no row', () => {
    expect(scanAll('k,"v\nv"\na,"1\r\n\r\n1"\nb,2').rows).toEqual([
      { row: 2, cells: ['a', '1\r\n\r\n1'] },
      { row: 3, cells: ['b', '2'] },
    ]);
  });
});

describe('cells', () => {
  test('S8 cells and header names are trimmed, inside quotes too', () => {
    const scanned = scanAll(' k ,"\tv "\n  a\u00a0, " 1 "  \n');
    expect(scanned.header).toEqual(['k', 'v']);
    expect(scanned.rows[0]?.cells).toEqual(['a', '1']);
  });

  test('S6 quotes: doubled inside, literal in an unquoted cell, text after the closing one appended', () => {
    expect(cellsOf('k,v\n"a ""b"", c",1\n5" disk,"x"y\n"q" "r",2\n')).toEqual([
      ['a "b", c', '1'],
      ['5" disk', 'xy'],
      ['q "r"', '2'],
    ]);
  });

  test('S6 white space before an opening quote does not make the quote text', () => {
    expect(cellsOf('k,v\na, "b, c"\n \t"d\ne",2')).toEqual([
      ['a', 'b, c'],
      ['d\ne', '2'],
    ]);
  });

  test('S6 missing cells are blank, blank cells too many are dropped, others are kept', () => {
    expect(cellsOf('k,v,w\na\nb,1,2,, ,\nc,1,2,,x,\n')).toEqual([
      ['a', '', ''],
      ['b', '1', '2'],
      ['c', '1', '2', '', 'x'],
    ]);
  });

  test('S8 blank header cells at the end are no columns', () => {
    const scanned = scanAll('k,,v,, \na,b,c,,\n');
    expect(scanned.header).toEqual(['k', '', 'v']);
    expect(scanned.rows[0]?.cells).toEqual(['a', 'b', 'c']);
  });

  test('a cell we made inert reads as what it was', () => {
    expect(cellsOf("k,v\n'=1+1,'+61 400\n'quoted',O'Brien\n")).toEqual([
      ['=1+1', '+61 400'],
      ["'quoted'", "O'Brien"],
    ]);
  });
});

describe('encodings', () => {
  const text = 'k,v\r\nŁukasz,Zoë 😀\r\n';
  const rows = [{ row: 2, cells: ['Łukasz', 'Zoë 😀'] }];
  const utf16le = Buffer.from(`\ufeff${text}`, 'utf16le');

  test('S6 UTF-8 with and without a byte order mark', () => {
    for (const content of [text, `\ufeff${text}`]) {
      const scanned = scanAll(content);
      expect(scanned.header).toEqual(['k', 'v']);
      expect(scanned.rows).toEqual(rows);
      expect(scanned.notes).toEqual([]);
    }
  });

  test('S6 a byte order mark does not hide a quoted header', () => {
    expect(scanAll('\ufeff"k, k",v\n').header).toEqual(['k, k', 'v']);
  });

  test('S6 UTF-16 of both byte orders is read and reported', () => {
    const utf16be = Buffer.from(utf16le).swap16();
    for (const bytes of [utf16le, utf16be]) {
      for (const chunkBytes of [1, 7, bytes.length]) {
        const scanned = scanAll(chunkedSource(bytes, chunkBytes));
        expect(scanned.header).toEqual(['k', 'v']);
        expect(scanned.rows).toEqual(rows);
        expect(scanned.notes).toEqual([{ code: 'read-as-utf-16' }]);
      }
    }
  });

  test('S6 invalid UTF-8 makes the whole file Windows-1252, and the report says so', () => {
    // Valid UTF-8 in row 2, a Windows-1252 byte only in row 3.
    const bytes = Buffer.concat([
      Buffer.from('k,v\né,1\n'),
      Buffer.from([0x80, 0xeb, 0x93, 0x2c, 0x32, 0x0a]),
    ]);
    const scanned = scanAll(bytes);
    expect(scanned.rows.map((row) => row.cells)).toEqual([
      ['Ã©', '1'],
      ['€ë“', '2'],
    ]);
    expect(scanned.notes).toEqual([{ code: 'read-as-windows-1252' }]);
  });

  test('S6 one accented letter at the very end is Windows-1252', () => {
    const scanned = scanAll(Buffer.from('k,v\na,Zo\xeb', 'latin1'));
    expect(scanned.rows[0]?.cells).toEqual(['a', 'Zoë']);
    expect(scanned.cutOff).toEqual([]);
  });

  test('S6 a UTF-8 file that ends inside a character stays UTF-8 and its last row is cut off', () => {
    const bytes = Buffer.from('k,v\nŁukasz,1\nb,Zoë');
    const scanned = scanAll(bytes.subarray(0, -1));
    expect(scanned.rows[0]?.cells).toEqual(['Łukasz', '1']);
    expect(scanned.notes).toEqual([]);
    expect(scanned.cutOff).toEqual([3]);
  });

  test('S6 a character across chunks is one character', () => {
    const bytes = Buffer.from(text);
    for (const chunkBytes of [1, 2, 3]) expect(scanAll(chunkedSource(bytes, chunkBytes)).rows).toEqual(rows);
  });
});

test('S6 a character across blocks is one character', () => {
  const pattern = 'aé😀,ł\n';
  for (let shift = 1; shift <= Buffer.byteLength(pattern); shift++) {
    const bytes = Buffer.from(`${'k'.repeat(shift)},v\n${pattern.repeat(100_000)}`);
    using file = scanFile(chunkedSource(bytes, 1024 * 1024), {
      subjectColumns: () => [0],
      spillDir: tmpdir(),
    });
    expect(file.notes).toEqual([]);
    for (const partition of file.partitions()) expect(partition.subjectCount).toBe(1);
  }
});

describe('delimiters', () => {
  test.each([';', '\t'])('S6 %j is recognised from the header and reported', (delimiter) => {
    const scanned = scanAll(
      `k${delimiter}"v,1"${delimiter}w\na${delimiter}1,5${delimiter}"x${delimiter}y"\n`,
    );
    expect(scanned.header).toEqual(['k', 'v,1', 'w']);
    expect(scanned.rows[0]?.cells).toEqual(['a', '1,5', `x${delimiter}y`]);
    expect(scanned.notes).toEqual([{ code: 'delimiter-recognised', value: delimiter }]);
  });

  test('S6 a header of one column stays with the comma', () => {
    const scanned = scanAll('k\na;b\n');
    expect(scanned.notes).toEqual([]);
    expect(scanned.rows[0]?.cells).toEqual(['a;b']);
  });

  test('S6 delimiters inside quotes do not count', () => {
    expect(scanAll('k,"a;b;c;d"\n').notes).toEqual([]);
    expect(scanAll('k, "a ""x""\n;b;c;d";\n').header).toEqual(['k', 'a "x"\n;b;c;d;']);
    expect(scanAll('k;"a,b,c";d\n').header).toEqual(['k', 'a,b,c', 'd']);
  });

  test('S6 a header of very many blanks is read in one walk', () => {
    // With a step back at each blank this would take minutes.
    const cells = Array.from({ length: 15 }, (_, index) => `x${'\t'.repeat(60_000)}${index}`);
    const scanned = scanAll(`k,${cells.join(',')}\na,1\n`);
    expect(scanned.header).toHaveLength(16);
    expect(scanned.rows).toHaveLength(1);
  });

  test('S6 a quote that is never closed hides no delimiter', () => {
    expect(scanAll('k;a "b;c\n1;2;3\n').header).toEqual(['k', 'a "b', 'c']);
  });

  test('S6 lines of nothing but the delimiter do not hide the header', () => {
    const scanned = scanAll(';;;\nk;v\n;\na;1\n');
    expect(scanned.header).toEqual(['k', 'v']);
    expect(scanned.rows).toEqual([{ row: 4, cells: ['a', '1'] }]);
  });
});

describe('cut off', () => {
  test('S6 the last row is cut off if it lacks cells and a line break', () => {
    expect(scanAll('k,v\na,1\nb').cutOff).toEqual([3]);
    expect(scanAll('k,v\na,1\nb\n').cutOff).toEqual([]);
    expect(scanAll('k,v\na\nb,').cutOff).toEqual([]);
    expect(scanAll('k,v\na\n ').cutOff).toEqual([]);
  });

  test('S6 a file that ends inside a quoted cell is refused, naming where the quote opened', () => {
    const refusal = refusalOf(() => scanAll('k,v\na,1\n\nb,"2\nc,3\nd,4\n'));
    expect(refusal.facts).toMatchObject({ row: 4, column: 'v' });
    expect(refusal.message).toContain('row 4, column “v”');
    expect(refusalOf(() => scanAll('k,"v')).message).toContain('row 1, column B');
    expect(refusalOf(() => scanAll('k;"v')).message).toContain('row 1, column B');
    expect(refusalOf(() => scanAll('k\n"')).facts).toMatchObject({ row: 2 });
    expect(refusalOf(() => scanAll('k\n"a""')).facts).toMatchObject({ row: 2 });
  });
});

describe('limits', () => {
  test('S6 a NUL byte is refused with its row', () => {
    expect(refusalOf(() => scanAll('k,v\na,1\nb,\0\nc,3\n')).message).toContain('Row 3 ');
    expect(refusalOf(() => scanAll('k,v\na,1\n\0')).facts).toEqual({ row: 3 });
    expect(refusalOf(() => scanAll('k,v\na,"\n\0\n')).facts).toEqual({ row: 2 });
  });

  test('S6 UTF-16 without a byte order mark is refused with the reason', () => {
    for (const bytes of [
      Buffer.from('k,v\na,1\n', 'utf16le'),
      Buffer.from('k,v\na,1\n', 'utf16le').swap16(),
    ]) {
      expect(refusalOf(() => scanAll(bytes)).message).toContain('UTF-16');
    }
  });

  test('S6 a million columns are refused, in the header and in a row', () => {
    const commas = Buffer.alloc(1_000_000, ',');
    expect(refusalOf(() => scanAll(repeatedSource('k', commas, 1, 'v\na,1\n'))).message).toContain(
      'Row 1 has more than 1000 columns',
    );
    expect(refusalOf(() => scanAll(repeatedSource('k,v\na', commas, 1, '1\n'))).facts).toMatchObject({
      row: 2,
    });
    expect(scanAll(`k${',x'.repeat(999)}\n`).header).toHaveLength(1000);
  });

  test.each([
    ['plain', 'k,v\na,1\nb,', 'x', '\n'],
    ['quoted', 'k,v\na,1\nb,"', 'x', '"\n'],
    ['made of quotes', 'k,v\na,1\nb,"', '"', '"\n'],
    ['with line breaks', 'k,v\na,1\nb,"', 'x\n', '"\n'],
    ['that opens a quote and never closes it', 'k,v\na,1\nb,"', 'x,y\n', ''],
  ])('S6 a cell of 100 MB is refused: %s', (_, head, filling, tail) => {
    const chunk = Buffer.alloc(1024 * 1024, filling);
    const refusal = refusalOf(() => scanAll(repeatedSource(head, chunk, 100, tail)));
    expect(refusal.message).toMatch(/row 3, column “v”, is larger than 64 KiB/);
    expect(refusal.facts).toEqual({ row: 3, column: 'v' });
  });

  test('S6 a cell and a record may be as large as the limit', () => {
    const limits = { cellBytesMax: 8, recordBytesMax: 20 };
    expect(scanAll('k,v,w\n12345678,12345678,1\n', { limits }).rowCount).toBe(1);
    expect(refusalOf(() => scanAll('k,v,w\n123456789,1,1\n', { limits })).facts).toEqual({
      row: 2,
      column: 'k',
    });
    expect(refusalOf(() => scanAll('k,v,w\n12345678,12345678,123\n', { limits })).message).toContain(
      'Row 2 is larger than 20 bytes',
    );
  });
});

describe('subjects', () => {
  const file = 'k,v\nBob,1\nał,2\n"bob ",3\nBOB,4\nAŁ,5\na\u0142,6\n,7\n \u00a0,8\n\'=x,9\n=X,10\n';

  test('S4 rows are grouped by folded key in order of the first row, adjacent or not', () => {
    expect(scanAll(file).subjects).toEqual([
      { key: 'bob', rows: [2, 4, 5] },
      { key: 'ał', rows: [3, 6, 7] },
      { key: '', rows: [8, 9] },
      { key: '=x', rows: [10, 11] },
    ]);
  });

  test('S4 a key is the same however its cell is quoted', () => {
    const cells = ['a"b', '"a""b"', ' "A""b" ', '"ax"""', 'ax"', '"a"x', 'ax', `"'=q"`, '=q'];
    expect(scanAll(`k,v\n${cells.map((cell) => `${cell},1`).join('\n')}\n`).subjects).toEqual([
      { key: 'a"b', rows: [2, 3, 4] },
      { key: 'ax"', rows: [5, 6] },
      { key: 'ax', rows: [7, 8] },
      { key: '=q', rows: [9, 10] },
    ]);
  });

  test('S4 a key may be made of several columns, in the order given', () => {
    const subjectColumns = () => [2, 0];
    expect(scanAll('k,v,w\nA,1,B\na,2,b\nb,3,a\nab,4\n', { subjectColumns }).subjects).toEqual([
      { key: 'b\u001fa', rows: [2, 3] },
      { key: 'a\u001fb', rows: [4] },
      { key: '\u001fab', rows: [5] },
    ]);
  });

  test('S4 many subjects keep apart and together', () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `user${(index * 7) % 10_000},${index}`);
    const { subjects } = scanAll(`k,v\n${lines.join('\n')}\n`);
    expect(subjects).toHaveLength(10_000);
    for (const [index, subject] of subjects.entries()) {
      expect(subject.rows).toEqual([index + 2, index + 10_002, index + 20_002]);
    }
  });

  test('what subjectColumns throws passes through', () => {
    const refuse = () => {
      throw new MusterError('file-refused', 'No such column.');
    };
    expect(refusalOf(() => scanAll('k,v\n', { subjectColumns: refuse })).message).toBe('No such column.');
  });

  test('progress is told while rows are read and at the end', () => {
    const told: number[] = [];
    scanAll(`k\n${'a\n'.repeat(20_000)}`, { onRows: (rows) => told.push(rows) });
    expect(told.at(-1)).toBe(20_000);
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
  });
});

describe('partition files', () => {
  const spillDir = mkdtempSync(join(tmpdir(), 'spill-test-'));
  afterAll(() => rmSync(spillDir, { recursive: true }));
  const lines = Array.from(
    { length: 5_000 },
    (_, index) => `U${index % 900},"é\n${index}",${'x'.repeat(index % 90)}`,
  );
  const bytes = Buffer.from(`k,v,w\n\n${lines.join('\r\n')}\ncut`);
  const limits = { partitionBytes: 100_000 };

  test('a file larger than a partition gives the same subjects and rows', () => {
    const held = scanAll(bytes);
    const spilled = scanAll(chunkedSource(bytes, 10_000), { limits, spillDir });
    const byFirstRow = spilled.subjects.toSorted((one, other) => one.rows[0]! - other.rows[0]!);
    expect({ ...spilled, subjects: byFirstRow }).toEqual(held);
    expect(held.cutOff).toEqual([5_003]);
  });

  test('a row longer than what is read of a partition file at a time is whole', () => {
    const cell = (index: number, column: number) => `${column}`.repeat(60_000 - index);
    const long = Array.from({ length: 20 }, (_, index) =>
      [`u${index % 7}`, ...Array.from({ length: index % 9 }, (_, column) => cell(index, column))].join(','),
    );
    const file = Buffer.from(`k,a,b,c,d,e,f,g,h\n${long.join('\n')}\n`);
    const spilled = scanAll(file, { limits: { partitionBytes: 1_000_000 }, spillDir });
    const held = scanAll(file, { limits: { heldBytesMax: file.length } });
    expect(file.length).toBeGreaterThan(2_000_000);
    expect(spilled.rows).toEqual(held.rows);
  });

  test('each partition is small, and the files go at dispose', () => {
    const file = scanFile(bufferSource(bytes), { subjectColumns: () => [0], limits, spillDir });
    const partitions = [...file.partitions()];
    expect(partitions.length).toBeGreaterThan(2);
    for (const partition of partitions) expect(partition.subjectCount).toBeLessThan(450);
    expect(readdirSync(spillDir)).toHaveLength(1);
    file[Symbol.dispose]();
    expect(readdirSync(spillDir)).toEqual([]);
  });

  test('a refused file leaves no partition files', () => {
    const bad = Buffer.concat([bytes, Buffer.from('\n"open')]);
    refusalOf(() => scanAll(bad, { limits, spillDir }));
    expect(readdirSync(spillDir)).toEqual([]);
  });

  test('rows of one subject that no partition can hold are refused', () => {
    const skewed = Buffer.from(`k\n${'a\n'.repeat(100_000)}`);
    const refusal = refusalOf(() => scanAll(skewed, { limits, spillDir }));
    expect(refusal.message).toContain('one and the same');
    expect(readdirSync(spillDir)).toEqual([]);
  });

  test('very many very short rows are not held in memory', () => {
    const short = Buffer.from(
      `k\n${Array.from({ length: 20_000 }, (_, index) => index % 10_000).join('\n')}\n`,
    );
    const file = scanFile(bufferSource(short), {
      subjectColumns: () => [0],
      limits: { partitionBytes: short.length },
      spillDir,
    });
    expect([...file.partitions()].length).toBeGreaterThan(1);
    file[Symbol.dispose]();
    const { rowCount, subjects } = scanAll(short, { limits: { partitionBytes: short.length }, spillDir });
    expect([rowCount, subjects.length]).toEqual([20_000, 10_000]);
  });
});

test('S4 a subject is found by its folded key alone, in the part in which it stands', () => {
  const keys = ['Anna', ' BEN ', 'Zoë', '李雷', 'x'.repeat(3000), '"quoted, one"', 'p1', ''];
  const text = ['k,v', ...keys.map((key) => `${key},1`), ...keys.map((key) => `${key},2`)].join('\n');
  for (const limits of [{}, { partitionBytes: 4096, heldBytesMax: 64 }]) {
    const source = bufferSource(Buffer.from(text));
    using file = scanFile(source, { subjectColumns: () => [0], spillDir: tmpdir(), limits });
    const found: string[] = [];
    for (const part of file.partitions()) {
      for (let index = 0; index < part.subjectCount; index++) {
        const key = part.keyOf(index);
        expect(part.hasKey(index)).toBe(key !== '');
        expect(part.find(key)).toBe(index);
        found.push(key);
      }
      for (const unknown of ['Anna', 'nobody', 'zoe', 'x'.repeat(2999)]) expect(part.find(unknown)).toBe(-1);
    }
    expect(found.toSorted()).toEqual(
      ['anna', 'ben', 'zoë', '李雷', 'x'.repeat(3000), 'quoted, one', 'p1', ''].toSorted(),
    );
  }
});
