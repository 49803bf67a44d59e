import { expect, test } from 'vitest';
import { OtherClock } from '../../../test/support/other-clock.ts';
import { addDays, effectiveDay, startOfDay } from './effective-day.ts';

const instantOf = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

test.each([
  // London loses 01:00 to 02:00, so the day counts from 02:00.
  ['Europe/London', '2025-03-30', '2025-03-30T01:00:00Z'],
  ['Europe/London', '2025-10-26', '2025-10-26T00:00:00Z'],
  // New York has 01:00 twice; the first counts.
  ['America/New_York', '2025-11-02', '2025-11-02T05:00:00Z'],
  ['America/New_York', '2025-03-09', '2025-03-09T06:00:00Z'],
  ['Australia/Sydney', '2025-04-06', '2025-04-05T14:00:00Z'],
  ['Australia/Sydney', '2025-10-05', '2025-10-04T15:00:00Z'],
  ['Asia/Kolkata', '2025-03-30', '2025-03-29T19:30:00Z'],
  // A gap that does not begin at a full hour: 00:01 to 01:01.
  ['America/St_Johns', '2010-03-14', '2010-03-14T03:31:00Z'],
  // A day that was skipped whole.
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z'],
])('W1 in %s the day %s counts from %s', (zone, day, instant) => {
  expect(startOfDay(day, zone)).toBe(instantOf(instant));
});

test('W1 until 01:00 it is still yesterday', () => {
  const dayAt = (instant: string) => effectiveDay(instantOf(instant), 'America/New_York');
  expect(dayAt('2026-03-02T05:59:59.999Z')).toBe('2026-03-01');
  expect(dayAt('2026-03-02T06:00:00Z')).toBe('2026-03-02');
  // Between the two 01:00 of the night, and after the second.
  expect(dayAt('2025-11-02T05:59:00Z')).toBe('2025-11-02');
  expect(dayAt('2025-11-02T06:30:00Z')).toBe('2025-11-02');
});

test('W1 in every zone every day counts from the first moment at which the clock shows its 01:00 or later', () => {
  const wrong: string[] = [];
  for (const year of [2011, 2026]) {
    const days = Array.from({ length: 365 }, (_, index) => addDays(`${year}-01-01`, index));
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const clock = new OtherClock(zone, year);
      for (const day of days) {
        if (startOfDay(day, zone) !== clock.startOfDay(day)) wrong.push(`${zone} ${day}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

/** Clocks of today, and such as skipped a day (1993, 2011), moved at 00:01 (1993) or for good (2007). */
const years = [1993, 2007, 2011, 2026];
const hourMs = 3_600_000;
const around = [-25, -2, -1, -0.5, 0, 0.5, 1, 2, 25].map((hours) => hours * hourMs);

test('W1 in every zone the effective day is right around every move of its clock, and by day', () => {
  const wrong: string[] = [];
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    for (const year of years) {
      const clock = new OtherClock(zone, year);
      const days = [`${year}-01-31`, `${year}-07-01`].map((day) => clock.startOfDay(day));
      const moments = [...clock.moves, ...days].flatMap((moment) => around.map((offset) => moment + offset));
      for (const at of moments.flatMap((moment) => [moment - 1, moment])) {
        if (effectiveDay(at, zone) !== clock.effectiveDay(at)) wrong.push(`${zone} ${at}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
