import type { AccessTurn } from './access-turns.ts';
import type { LinkTurn } from './spans.ts';
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
      counts = { gaining: 0, losing: 0, gains: new Map(), losses: new Map(), because: new Map() };
      this.#dates.set(day, counts);
    }
    if (gained.length > 0) counts.gaining += 1;
    if (lost.length > 0) counts.losing += 1;
    // Many patrons share the same lists, so the lists are counted and not what is in them.
    increase(counts.gains, gained);
    increase(counts.losses, lost);
    for (const link of because) increase(counts.because, link);
  }

  /** Every date on which something changes, in order. */
  dates(): CalendarDate[] {
    return [...this.#dates]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, { gaining, losing, gains, losses, because }]) => ({
        date,
        gaining,
        losing,
        gains: byTarget(gains),
        losses: byTarget(losses),
        because: mostFirst(because),
      }));
  }
}

interface DateCounts {
  gaining: number;
  losing: number;
  readonly gains: Map<readonly number[], number>;
  readonly losses: Map<readonly number[], number>;
  readonly because: Map<LinkTurn, number>;
}

function increase<T>(counts: Map<T, number>, what: T, by = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + by);
}

function byTarget(lists: ReadonlyMap<readonly number[], number>): Counted<number>[] {
  const counts = new Map<number, number>();
  for (const [targets, patrons] of lists) for (const target of targets) increase(counts, target, patrons);
  return mostFirst(counts);
}

function mostFirst<T>(counts: ReadonlyMap<T, number>): Counted<T>[] {
  return [...counts].map(([what, patrons]) => ({ what, patrons })).toSorted((a, b) => b.patrons - a.patrons);
}
