import { expect, test } from 'vitest';
import { parseInstant } from './parse-instant.ts';

test.each([
  ['2026-03-02T06:00:00Z', '2026-03-02T06:00:00Z'],
  ['2026-03-02T01:00-05:00', '2026-03-02T06:00:00Z'],
  ['2026-03-02T00:59', '2026-03-02T05:59:00Z'],
  [' 2026-07-02T00:59:30.5 ', '2026-07-02T04:59:30.5Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  // Comes twice: the first. Is skipped: as far after the gap as it lies in it.
  ['2025-11-02T01:30', '2025-11-02T05:30:00Z'],
  ['2025-03-09T02:30', '2025-03-09T07:30:00Z'],
])('W20 the instant %s', (text, instant) => {
  expect(parseInstant(text, 'America/New_York')).toBe(Temporal.Instant.from(instant).epochMilliseconds);
});

test.each([
  '',
  'now',
  '2026-03-02',
  '2026-02-30T00:00:00Z',
  '2026-03-02 06:00:00Z',
  '2026-03-02T06:00:00Z[Europe/London]',
  '0000-03-02T06:00:00Z',
  '9999-12-31T06:00:00Z',
  '1772431200000',
])('W20 no instant: “%s”', (text) => {
  expect(() => parseInstant(text, 'America/New_York')).toThrow('is not an instant');
});
