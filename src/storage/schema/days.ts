import type { Day } from '../../domain/access/term.ts';

/** A date as it is stored: `2026-03-02` is 20260302, so that dates compare as numbers do. */
export function dayNumber(day: Day): number {
  let number = 0;
  for (let at = 0; at < day.length; at++) {
    const digit = day.charCodeAt(at) - 0x30;
    // Dashes lie before the digits. A loop, since imports do this for each row and a text between costs as much again.
    if (digit >= 0) number = number * 10 + digit;
  }
  return number;
}

/** The date of a stored number. */
export function dayOf(stored: number): Day {
  const digits = String(stored).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
