import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mixRow, seedWords } from './fingerprint.ts';

const seed = seedWords(Buffer.from('0123456789abcdef'));

function printOf(rows: readonly string[], from = seed): string {
  const state = Uint32Array.from(from);
  for (const row of rows) {
    const bytes = Buffer.from(`<${row}>`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    mixRow(state, 0, view, 1, bytes.length - 1);
  }
  return [...state].join(' ');
}

test('rows that differ in anything have other fingerprints, the same rows the same one', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(printOf(one) === printOf(other)).toBe(same);
    }),
  );
});

test('one byte anywhere, the order of rows and the place of a row end all count', () => {
  const row = 'qabbott0,EMAIL,PATRON,TRUE,,qabbott0@students.example,,,ANY';
  const near = Array.from(row, (_, at) => `${row.slice(0, at)}~${row.slice(at + 1)}`);
  const prints = [[row], [row, row], [`${row}${row}`], ['a', 'b'], ['b', 'a'], ['ab'], [], ['']].concat(
    near.map((one) => [one]),
  );
  expect(new Set(prints.map((rows) => printOf(rows))).size).toBe(prints.length);
});

test('every word of the fingerprint differs, and another seed gives another one', () => {
  const words = (text: string) => printOf([text]).split(' ');
  const [one, other] = [words('p1,x@example.org'), words('p1,y@example.org')];
  expect(one.filter((word, place) => word === other[place])).toEqual([]);
  expect(printOf(['p1'], seedWords(Buffer.from('0123456789abcdeg')))).not.toBe(printOf(['p1']));
});
