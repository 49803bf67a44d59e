import { addDays, effectiveDay, startOfDay } from '../domain/access/effective-day.ts';
import { statusOn } from '../domain/access/status.ts';
import type { Day, TermStatus } from '../domain/access/term.ts';
import { MusterError } from '../domain/errors.ts';
import { termEntities, type DailyRun, type StatusChange, type TurningTerm } from '../ports/daily-runs.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import type { Breathe } from './reckon-turns.ts';
import { turnsOfDate } from './turns-of-date.ts';

const termsPerPiece = 5000;

/**
 * W3: the dates that are due, in order: those since the last one that was run, up to the date that counts in the zone. A
 * tenant's first run is of that date alone. Where the clock or the zone went back there are none: no date is run twice.
 */
export function dueDays(last: Day | undefined, today: Day): Day[] {
  if (last === undefined) return [today];
  const days: Day[] = [];
  for (let day = addDays(last, 1); day <= today; day = addDays(day, 1)) days.push(day);
  return days;
}

export interface DailyRunOptions {
  readonly now: () => number;
  /** Dates after this one are left for later; otherwise all that are due. `bad-request` where it has not come yet. */
  readonly until?: Day | undefined;
  readonly breathe?: Breathe;
  /** So many dates at most. */
  readonly datesMax?: number;
}

/**
 * Runs the dates of a tenant that are due (W3), each in a transaction of its own, so that one which is broken off has not
 * happened. Several processes may try: a date is run by one of them. Gives what was run.
 */
export async function runDueDays(store: TenantStore, options: DailyRunOptions): Promise<DailyRun[]> {
  const { now, until, datesMax } = options;
  const { zone } = store.tenant;
  const today = effectiveDay(now(), zone);
  if (until !== undefined && until > today) {
    throw new MusterError('bad-request', `${until} has not begun in ${zone}: it counts from 01:00 local.`, {
      field: 'date',
    });
  }
  const last = await store.read.dailyRuns.findLast();
  const runs: DailyRun[] = [];
  for (const day of dueDays(last?.day, until ?? today).slice(0, datesMax)) {
    const run = await store.transact((tx) => runDay(tx, day, zone, now(), options.breathe));
    if (run !== undefined) runs.push(run);
  }
  return runs;
}

/** One date; undefined where somebody else has run it, or a later one. */
async function runDay(
  tx: TenantTransactor,
  day: Day,
  zone: string,
  at: number,
  breathe?: Breathe,
): Promise<DailyRun | undefined> {
  const last = await tx.dailyRuns.findLast();
  if (last !== undefined && last.day >= day) return undefined;
  if (!(await tx.dailyRuns.begin(day, at))) return undefined;
  const moment = startOfDay(day, zone);
  // Before any status is stored: what turns is found by what is stored of it.
  const { turns } = await turnsOfDate(tx, day, moment, () => true, breathe);
  const changes = await dueChanges(tx, day, moment);
  await tx.dailyRuns.saveStatuses(day, changes);
  await tx.accessTurns.save(day, turns);
  const run: DailyRun = {
    day,
    at,
    ...countsOf(changes),
    gaining: turns.filter(({ gained }) => gained.length > 0).length,
    losing: turns.filter(({ lost }) => lost.length > 0).length,
  };
  await tx.dailyRuns.end(run);
  return run;
}

/**
 * W3: stores what is due on the date that counts where it was run before, and was written only after its run, e.g. by an import that was
 * planned before 01:00 and applied after it, or because the tenant's zone was changed. It is recorded under that date. Gives
 * how many statuses changed.
 */
export async function settleToday(store: TenantStore, now: number): Promise<number> {
  const today = effectiveDay(now, store.tenant.zone);
  const isDue = async (reader: TenantReader) => {
    const run = await reader.dailyRuns.find(today);
    return run !== undefined && (await findDue(reader, today)) ? run : undefined;
  };
  if ((await store.snapshot(isDue)) === undefined) return 0;
  return store.transact(async (tx) => {
    const run = await isDue(tx);
    if (run === undefined) return 0;
    const changes = await dueChanges(tx, today, now);
    await tx.dailyRuns.saveStatuses(today, changes);
    const { activated, inactivated } = countsOf(changes);
    await tx.dailyRuns.end({
      ...run,
      activated: run.activated + activated,
      inactivated: run.inactivated + inactivated,
    });
    return changes.length;
  });
}

/**
 * Works the stored statuses out afresh where the date that counts has gone back behind the last one that was run, because the
 * tenant's zone was moved west (W3): what turned on the dates between is as it was before them, until those dates
 * come in the new zone and `settleToday` stores them again. Access is right throughout, since it is worked out from dates.
 * Gives how many statuses changed.
 */
export async function rederiveStatuses(store: TenantStore, now: number): Promise<number> {
  const today = effectiveDay(now, store.tenant.zone);
  return store.transact(async (tx) => {
    const last = await tx.dailyRuns.findLast();
    if (last === undefined || last.day <= today) return 0;
    const changes: StatusChange[] = [];
    for (const entity of termEntities) {
      for (const term of await tx.dailyRuns.listDated(entity, addDays(today, 1), addDays(last.day, 1))) {
        const { id, patronId, status: from } = term;
        const to = statusOn(term, today, now);
        if (to !== from) changes.push({ entity, id, patronId, from, to });
      }
    }
    await tx.dailyRuns.saveStatuses(undefined, changes);
    return changes.length;
  });
}

async function findDue({ dailyRuns }: TenantReader, day: Day): Promise<boolean> {
  for (const entity of termEntities) {
    if ((await dailyRuns.listDue(entity, day, undefined, 1)).length > 0) return true;
  }
  return false;
}

/** Every status that is another on that date than the one that is stored (W2). */
async function dueChanges(tx: TenantTransactor, day: Day, at: number): Promise<StatusChange[]> {
  const changes: StatusChange[] = [];
  for (const entity of termEntities) {
    for (let after: TurningTerm | undefined; ;) {
      const due = await tx.dailyRuns.listDue(entity, day, after, termsPerPiece);
      for (const term of due) {
        const to = statusOn(term, day, at);
        if (to !== term.status) {
          changes.push({ entity, id: term.id, patronId: term.patronId, from: term.status, to });
        }
      }
      if (due.length < termsPerPiece) break;
      after = due.at(-1);
    }
  }
  return changes;
}

function countsOf(changes: readonly StatusChange[]): Pick<DailyRun, 'activated' | 'inactivated'> {
  const became = (status: TermStatus) => changes.filter(({ to }) => to === status).length;
  return { activated: became('ACTIVE'), inactivated: became('INACTIVE') };
}
