import { InvalidArgumentError, type Command } from 'commander';
import { runDueDays } from '../directory/daily-run.ts';
import {
  getDailyRun,
  listAccessTurns,
  listStatusChanges,
  viewDailyRun,
} from '../directory/view-daily-runs.ts';
import type { DailyRunView, StatusChangeView } from '../directory/view-daily-runs.ts';
import type { TurnView } from '../directory/name-turns.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, openTenant, tenantOption } from './lib/open-command.ts';
import type { JsonChoice, TenantChoice } from './lib/open-command.ts';
import { printJson, printTable, say } from './lib/print.ts';
import { turnText } from './lib/turn-text.ts';

interface DailyRunOptions extends TenantChoice, JsonChoice {
  readonly date?: string;
}

/** So many lines of each list are shown; the API pages through all of them. */
const shownMax = 500;

/** `muster daily-run`: does what is due (W3), and shows what a date changed. */
export function dailyRunCommand(program: Command): void {
  program
    .command('daily-run')
    .description(
      'run the local dates that are due, which a server does by itself at 01:00; show what a date changed',
    )
    .option('--date <date>', 'only up to this date, and show what it changed, e.g. 2026-03-02', localDate)
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster daily-run --date 2026-03-02')
    .action(exits(dailyRun));
}

async function dailyRun({ date, json, ...options }: DailyRunOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const runs = (await runDueDays(store, { now: () => context.clock.now(), until: date })).map(viewDailyRun);
  if (date === undefined) {
    if (json) printJson({ items: runs, total: runs.length, page: 1, pageSize: runs.length });
    else sayRuns(runs);
    return exitCodes.good;
  }
  const page = { page: 1, pageSize: shownMax };
  const { run, changes, access } = await store.snapshot(async (reader) => ({
    run: await getDailyRun(reader, date),
    changes: await listStatusChanges(reader, date, page),
    access: await listAccessTurns(reader, date, page),
  }));
  if (json) printJson({ ran: runs, run, changes: { ...changes, ...page }, access: { ...access, ...page } });
  else {
    sayRuns([run]);
    sayChanges(changes.items, changes.total ?? changes.items.length);
    sayAccess(access.items, access.total ?? access.items.length);
  }
  return exitCodes.good;
}

function sayRuns(runs: readonly DailyRunView[]): void {
  if (runs.length === 0) say('Nothing is due: every date up to today has been run.');
  for (const { date, activated, inactivated, gaining, losing } of runs) {
    say(
      `${date}: ${activated} became active, ${inactivated} inactive; ${gaining} patrons gained access, ${losing} lost some.`,
    );
  }
}

function sayChanges(changes: readonly StatusChangeView[], total: number): void {
  if (total === 0) return;
  printTable(
    ['WHAT', 'IDENTIFIER', 'PATRON', 'WAS', 'IS'],
    changes.map(({ entity, uniqueIdentifier, patron, from, to }) => [
      entity,
      uniqueIdentifier ?? '(removed)',
      patron ?? '',
      from,
      to,
    ]),
  );
  if (total > changes.length) say(`… and ${total - changes.length} more.`);
}

function sayAccess(turns: readonly TurnView[], total: number): void {
  for (const turn of turns) say(turnText(turn));
  if (total > turns.length) say(`… and ${total - turns.length} patrons more.`);
}

/** A date as an option takes it; anything else is a usage error. */
function localDate(text: string): string {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text).toString();
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Give a date like 2026-03-02.');
}
