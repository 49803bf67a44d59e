import type { Day } from '../../domain/access/term.ts';

/** A date as it is stored: `2026-03-02` is 20260302, so that dates compare as numbers do. */
export function dayNumber(day: Day): number {
  return Number(day.replaceAll('-', ''));
}

/** The date of a stored number. */
export function dayOf(stored: number): Day {
  const digits = String(stored).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
