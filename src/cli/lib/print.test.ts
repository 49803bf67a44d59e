import { expect, test } from 'vitest';
import { localTime, printable, printableJson, writeCsv } from './print.ts';

test('text of a file cannot steer a terminal', () => {
  expect(printable('\u001b[31mred\u0007 \u202etxt')).toBe('\\u001b[31mred\\u0007 \\u202etxt');
  expect(printable('Łódź “ü” 😀')).toBe('Łódź “ü” 😀');
});

test('JSON on a terminal cannot steer it either, and says the same', () => {
  const value = { text: 'a\u009b31m\u202eb', list: ['Łódź'] };
  expect(printableJson(value)).toBe('{\n  "text": "a\\u009b31m\\u202eb",\n  "list": [\n    "Łódź"\n  ]\n}');
  expect(JSON.parse(printableJson(value))).toEqual(value);
});

test('a CSV goes into a file as it is, and on a terminal cannot steer it', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const csv = 'contact\r\n"\u001b[2Ja\tb"\r\n';
  writeCsv(csv, { isTTY: false, write });
  writeCsv(csv, { isTTY: true, write });
  expect(written).toEqual([csv, 'contact\n"\\u001b[2Ja\\u0009b"\n']);
});

test('times are those of the tenant', () => {
  expect(localTime(Date.UTC(2026, 6, 1, 12, 0, 5), 'Europe/London')).toBe('2026-07-01 13:00:05');
});
