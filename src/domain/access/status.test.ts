import { expect, test } from 'vitest';
import { statusOn } from './status.ts';

const noon = Date.UTC(2026, 2, 2, 12);
const status = (startDate: string | null, endDate: string | null, inactiveSince: number | null = null) =>
  statusOn({ startDate, endDate, inactiveSince }, '2026-03-02', noon);

test.each([
  ['ACTIVE', null, null],
  ['ACTIVE', '2026-03-02', null],
  ['ACTIVE', '2026-03-01', '2026-03-03'],
  ['ACTIVE', null, '2026-03-03'],
  ['UPCOMING', '2026-03-03', null],
  ['UPCOMING', '2026-03-03', '2026-03-04'],
  ['INACTIVE', null, '2026-03-02'],
  ['INACTIVE', '2026-03-01', '2026-03-02'],
  ['INACTIVE', null, '2025-01-01'],
] as const)('W2 %s from %s to %s', (expected, startDate, endDate) => {
  expect(status(startDate, endDate)).toBe(expected);
});

test('W2 the flag INACTIVE wins over every date, from the instant at which it was set', () => {
  expect(status(null, null, noon)).toBe('INACTIVE');
  expect(status('2026-03-03', null, noon - 1)).toBe('INACTIVE');
  expect(status(null, null, noon + 1)).toBe('ACTIVE');
});

test('W2, W5 an end on or before the start is never active, not even upcoming', () => {
  expect(status('2026-03-05', '2026-03-05')).toBe('INACTIVE');
  expect(status('2026-03-05', '2026-03-04')).toBe('INACTIVE');
});
