import type { Day } from '../access/term.ts';

const pattern = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * W5: reads `m/d/yyyy`, month and day with one or two digits, as a calendar date. Undefined for anything else and for
 * a day that no calendar has (02/30/2026). Blanks around are not looked over: cells come trimmed (S8).
 */
export function parseUsDate(text: string): Day | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [month, day, year] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > lengthOf(month, year)) return undefined;
  return `${match[3]}-${match[1]!.padStart(2, '0')}-${match[2]!.padStart(2, '0')}`;
}

function lengthOf(month: number, year: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : daysOfMonth[month - 1]!;
}
