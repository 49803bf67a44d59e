import type { AccessTurn } from './access-turns.ts';
import type { LinkTurn } from './spans.ts';
import { countIn } from './target-bits.ts';
import type { Day } from './term.ts';

/** Something with the number of patrons whom it concerns on a date. */
export interface Counted<T> {
  readonly what: T;
  readonly patrons: number;
}

/** What changes on a date, in numbers. */
export interface CalendarDate {
  readonly date: Day;
  /** Patrons who gain something, and who lose something. */
  readonly gaining: number;
  readonly losing: number;
  /** By target (its number), most patrons first. */
  readonly gains: readonly Counted<number>[];
  readonly losses: readonly Counted<number>[];
  readonly because: readonly Counted<LinkTurn>[];
}

/** Counts what patrons gain and lose, date by date: the calendar never holds a line for each of a million memberships. */
export class CalendarCounts {
  readonly #dates = new Map<Day, DateCounts>();

  add(day: Day, { gained, lost, because }: AccessTurn): void {
    let counts = this.#dates.get(day);
    if (counts === undefined) {
      counts = { gaining: 0, losing: 0, gains: [], losses: [], because: new Map() };
      this.#dates.set(day, counts);
    }
    if (countIn(gained, counts.gains)) counts.gaining += 1;
    if (countIn(lost, counts.losses)) counts.losing += 1;
    for (const link of because) counts.because.set(link, (counts.because.get(link) ?? 0) + 1);
  }

  /** Every date on which something changes, in order. */
  dates(): CalendarDate[] {
    return [...this.#dates]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, { gaining, losing, gains, losses, because }]) => ({
        date,
        gaining,
        losing,
        gains: mostFirst(gains.entries()),
        losses: mostFirst(losses.entries()),
        because: mostFirst(because),
      }));
  }
}

interface DateCounts {
  gaining: number;
  losing: number;
  /** By target, with holes. */
  readonly gains: number[];
  readonly losses: number[];
  readonly because: Map<LinkTurn, number>;
}

function mostFirst<T>(counts: Iterable<readonly [T, number | undefined]>): Counted<T>[] {
  const counted: Counted<T>[] = [];
  for (const [what, patrons] of counts) if (patrons !== undefined) counted.push({ what, patrons });
  return counted.sort((a, b) => b.patrons - a.patrons);
}
