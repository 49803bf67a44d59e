import { CalendarCounts, type CalendarDate, type Counted } from '../domain/access/calendar.ts';
import { addDays, effectiveDay, startOfDay } from '../domain/access/effective-day.ts';
import type { Day } from '../domain/access/term.ts';
import { MusterError } from '../domain/errors.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { Page } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { Moment } from './decide-access.ts';
import {
  nameLinks,
  nameTargets,
  nameTurns,
  type LinkTurnView,
  type TargetView,
  type TurnView,
} from './name-turns.ts';
import { reckonTurns, type Breathe } from './reckon-turns.ts';
import { turnsOfDate } from './turns-of-date.ts';
import { viewInstant } from './views.ts';

/** So many targets and reasons of a date are named, those that concern most patrons; their number is told. */
export const namedMax = 50;

type WithPatrons<T> = T & { readonly patrons: number };

/** What changes on a date to come. */
export interface CalendarDateView {
  readonly date: Day;
  /** When: its 01:00 local (W1). */
  readonly at: string;
  readonly gaining: number;
  readonly losing: number;
  readonly gains: WithPatrons<TargetView>[];
  readonly gainsTotal: number;
  readonly losses: WithPatrons<TargetView>[];
  readonly lossesTotal: number;
  readonly because: WithPatrons<LinkTurnView>[];
  readonly becauseTotal: number;
}

/** The dates of a calendar: the first is the one after the date that counts now. */
export interface CalendarView {
  readonly from: Day;
  /** The last one. */
  readonly to: Day;
  readonly items: CalendarDateView[];
}

/**
 * Who gains and loses what on which of the next days, and why, as far as the dates stored now decide: the daily
 * run's own reckoning (W3), done ahead and counted. Dates on which nothing changes are left out.
 */
export async function viewCalendar(
  reader: TenantReader,
  { at, zone }: Moment,
  days: number,
  breathe?: Breathe,
): Promise<CalendarView> {
  const from = addDays(effectiveDay(at, zone), 1);
  const to = addDays(from, days);
  const counts = new CalendarCounts();
  const count = (day: Day, _patronId: number, turn: Parameters<CalendarCounts['add']>[1]) =>
    counts.add(day, turn);
  const targets = await reckonTurns(reader, { from, to, at }, count, breathe);
  const items = await nameDates(reader, counts.dates(), targets, zone);
  return { from, to: addDays(to, -1), items };
}

async function nameDates(
  reader: TenantReader,
  dates: readonly CalendarDate[],
  targets: readonly AccessTarget[],
  zone: string,
): Promise<CalendarDateView[]> {
  const targetsNamed = dates.flatMap(({ gains, losses }) => [...named(gains), ...named(losses)]);
  const targetOf = await nameTargets(
    reader,
    targetsNamed.map(({ what }) => targets[what]!),
  );
  const linkOf = await nameLinks(
    reader,
    dates.flatMap(({ because }) => named(because).map(({ what }) => what)),
  );
  const viewTargets = (counted: readonly Counted<number>[]) =>
    named(counted).map(({ what, patrons }) => ({ ...targetOf(targets[what]!), patrons }));
  return dates.map(({ date, gaining, losing, gains, losses, because }) => ({
    date,
    at: viewInstant(startOfDay(date, zone)),
    gaining,
    losing,
    gains: viewTargets(gains),
    gainsTotal: gains.length,
    losses: viewTargets(losses),
    lossesTotal: losses.length,
    because: named(because).map(({ what, patrons }) => ({ ...linkOf(what), patrons })),
    becauseTotal: because.length,
  }));
}

function named<T>(counted: readonly T[]): readonly T[] {
  return counted.slice(0, namedMax);
}

/** The patrons of one date to come, in the order of their ids; `bad-request` for a date that counts already. */
export async function listCalendarDate(
  reader: TenantReader,
  { at, zone }: Moment,
  date: Day,
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
  breathe?: Breathe,
): Promise<Page<TurnView>> {
  const today = effectiveDay(at, zone);
  if (date <= today) {
    throw new MusterError(
      'bad-request',
      `${date} is no date to come: ${today} counts already. What it changed stands in the daily run of that date.`,
      { field: 'date' },
    );
  }
  const [first, end] = [(page - 1) * pageSize, page * pageSize];
  const isShown = (before: number) => before >= first && before < end;
  const { turns, total } = await turnsOfDate(reader, date, at, isShown, breathe);
  return { items: await nameTurns(reader, turns), total };
}
