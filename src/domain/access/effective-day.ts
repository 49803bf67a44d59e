import type { Day } from './term.ts';

/** Status turns at this local time (W1). */
const turnsAt = { hour: 1, minute: 0 } as const;

/**
 * W1: the instant (epoch milliseconds) from which a day counts in an IANA zone: its 01:00. Where the clock skips that,
 * the first instant after the gap; where it comes twice, the first. A day that the zone never had (Apia,
 * 2011-12-30) counts from where it would have been.
 */
export function startOfDay(day: Day, zone: string): number {
  const wanted = Temporal.PlainDate.from(day).toPlainDateTime(turnsAt);
  const first = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (first.toPlainDateTime().equals(wanted)) return first.epochMilliseconds;
  // Read with the offset after the gap, a time inside the gap lies before it. The gap need not begin at 01:00:
  // St. John's once moved its clock at 00:01.
  return first.getTimeZoneTransition('next')!.epochMilliseconds;
}

/**
 * W1: the latest day that counts already at an instant: until 01:00 local it is still yesterday. Clocks that go back
 * over midnight do not bring a day back.
 */
export function effectiveDay(at: number, zone: string): Day {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  let day = today.add({ days: 1 });
  while (startOfDay(day.toString(), zone) > at) day = day.subtract({ days: 1 });
  return day.toString();
}

/** The day so many days later, or earlier. */
export function addDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
