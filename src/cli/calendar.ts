import { InvalidArgumentError, type Command } from 'commander';
import { viewCalendar, type CalendarDateView } from '../directory/calendar.ts';
import { things } from '../domain/text/things.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, openTenant, tenantOption } from './lib/open-command.ts';
import type { JsonChoice, TenantChoice } from './lib/open-command.ts';
import { printJson, say } from './lib/print.ts';
import { linkText, targetText } from './lib/turn-text.ts';

interface CalendarOptions extends TenantChoice, JsonChoice {
  readonly days: number;
}

/** So many of each are named in a line. */
const namedMax = 5;

/** `muster calendar`: who will gain and lose access, and why. */
export function calendarCommand(program: Command): void {
  program
    .command('calendar')
    .description('tell who gains and loses access in the next days, and why')
    .option('--days <n>', 'so many days, 366 at most', days, 90)
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster calendar --days 14')
    .action(exits(calendar));
}

async function calendar(options: CalendarOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const moment = { at: context.clock.now(), zone: store.tenant.zone };
  const view = await store.snapshot((reader) => viewCalendar(reader, moment, options.days));
  if (options.json) {
    printJson({ ...view, total: view.items.length, page: 1, pageSize: options.days });
    return exitCodes.good;
  }
  for (const date of view.items) sayDate(date);
  if (view.items.length === 0) say(`From ${view.from} to ${view.to} nobody gains or loses access.`);
  return exitCodes.good;
}

function sayDate(view: CalendarDateView): void {
  const { date, gaining, losing } = view;
  const verb = (count: number, one: string, more: string) => (count === 1 ? one : more);
  say(
    `${date}: ${things(gaining, 'patron')} ${verb(gaining, 'gains', 'gain')} access, ${losing} ${verb(losing, 'loses', 'lose')} some`,
  );
  sayList(
    'gained',
    view.gains.map((gain) => `${targetText(gain)} (${gain.patrons})`),
    view.gainsTotal,
  );
  sayList(
    'lost',
    view.losses.map((loss) => `${targetText(loss)} (${loss.patrons})`),
    view.lossesTotal,
  );
  sayList(
    'because',
    view.because.map((link) => `${linkText(link)} (${link.patrons})`),
    view.becauseTotal,
  );
}

function sayList(heading: string, texts: readonly string[], total: number): void {
  if (total === 0) return;
  const more = total > namedMax ? ` and ${total - namedMax} more` : '';
  say(`    ${heading}: ${texts.slice(0, namedMax).join(', ')}${more}`);
}

function days(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1 && number <= 366) return number;
  throw new InvalidArgumentError('Give a whole number from 1 to 366.');
}
