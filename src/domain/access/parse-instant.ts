import { MusterError } from '../errors.ts';

/** Years whose days are all within reach of `Temporal` and of what files may say. */
const [firstYear, lastYear] = [1, 9998];

/**
 * The instant (epoch milliseconds) that a text names: ISO 8601 with an offset (`2026-03-02T06:00:00Z`), or without one
 * as the tenant's clock shows it (`2026-03-02T00:59`; of two such moments the first). `bad-request` otherwise: a date
 * alone does not say on which side of 01:00 it means (W1).
 */
export function parseInstant(text: string, zone: string): number {
  const at = instantOf(text.trim(), zone);
  const year = at === undefined ? 0 : new Date(at).getUTCFullYear();
  if (at !== undefined && year >= firstYear && year <= lastYear) return at;
  throw new MusterError(
    'bad-request',
    `“${text}” is not an instant. Give one like 2026-03-02T06:00:00Z, or without Z or offset in the time of the tenant’s zone.`,
    { field: 'at' },
  );
}

function instantOf(text: string, zone: string): number | undefined {
  // What is more than ISO 8601 (a zone in brackets, blanks for the T) is not meant for an address.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?$/.test(text)) return undefined;
  try {
    if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    // No such day or hour.
    return undefined;
  }
}
