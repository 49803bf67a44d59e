import { expect, test } from 'vitest';
import { parseUsDate } from './us-date.ts';

test.each([
  ['1/5/2026', '2026-01-05'],
  ['01/05/2026', '2026-01-05'],
  ['12/31/1999', '1999-12-31'],
  ['2/29/2024', '2024-02-29'],
  ['02/29/2000', '2000-02-29'],
])('W5 %s is a real day', (text, day) => {
  expect(parseUsDate(text)).toBe(day);
});

test.each([
  '02/30/2026',
  '2/29/2026',
  '2/29/1900',
  '4/31/2026',
  '13/01/2026',
  '0/1/2026',
  '1/0/2026',
  '1/5/26',
  '1/5/0000',
  '001/5/2026',
  '1/5/20260',
  '2026-03-01',
  '1.5.2026',
  '1-5-2026',
  '1/5/2026 00:00',
  '١/٥/٢٠٢٦',
  '46000',
  'soon',
  '',
])('W5 %j is none', (text) => {
  expect(parseUsDate(text)).toBeUndefined();
});

test('W5 every day there is, is read, and no other', () => {
  let days = 0;
  for (const year of ['1900', '2000', '2024', '2026']) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const read = parseUsDate(`${month}/${day}/${year}`);
        const date = new Date(Date.UTC(Number(year), month - 1, day));
        const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(read).toBe(real && month > 0 ? date.toISOString().slice(0, 10) : undefined);
        if (read !== undefined) days++;
      }
    }
  }
  expect(days).toBe(365 + 366 + 366 + 365);
});
