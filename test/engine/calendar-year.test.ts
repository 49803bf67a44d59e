import { expect, test } from 'vitest';
import { calendarYears } from '../support/calendar-years.ts';

// Each with its nights on which the clock moves; `npm run soak:calendar` does years of all of them.
test.each([
  ['America/New_York', '2025-01-01', 365],
  ['Europe/London', '2025-03-01', 60],
  ['Australia/Sydney', '2025-03-20', 60],
  ['Asia/Kolkata', '2025-03-01', 60],
])(
  'W1, W2, W3 days in %s: statuses and access are what dates and clock say, whatever is delivered, restarted or missed',
  async (zone, from, days) => {
    const outcome = await calendarYears({ zones: [zone], from, days, seed: 11 });
    expect(outcome.dates).toBeGreaterThan(days * 0.8);
    expect(outcome.statuses).toBeGreaterThan(days * 5);
  },
);

test('W1, W2, W3 a tenant that is moved from zone to zone is right in each', async () => {
  const zones = ['America/New_York', 'Europe/London', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Niue'];
  const outcome = await calendarYears({ zones, from: '2026-02-01', days: 90, seed: 31 });
  expect(outcome.moves).toBeGreaterThan(3);
});
