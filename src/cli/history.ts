import { InvalidArgumentError, type Command } from 'commander';
import { getPatron } from '../directory/find-patron.ts';
import { listHistory, type HistoryItem } from '../directory/history.ts';
import type { FieldChange, FieldValue } from '../domain/record-fields.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, openTenant, tenantOption } from './lib/open-command.ts';
import type { JsonChoice, TenantChoice } from './lib/open-command.ts';
import { patronArgument } from './lib/patron-argument.ts';
import { localTime, printJson, say } from './lib/print.ts';

interface HistoryOptions extends TenantChoice, JsonChoice {
  readonly field?: string;
  readonly limit: number;
}

/** `muster history`: what happened to a patron, newest first. */
export function historyCommand(program: Command): void {
  program
    .command('history')
    .description('tell what happened to a patron, newest first, and which file or person did it')
    .addArgument(patronArgument())
    .option('--field <name>', 'only what touched this field, e.g. surname or contact')
    .option('--limit <n>', 'so many entries at most', positiveInteger, 100)
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster history jdoe1 --field classgrade')
    .action(exits(history));
}

async function history(patronText: string, options: HistoryOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { field, limit } = options;
  const { items, total } = await store.snapshot(async (reader) =>
    listHistory(reader, await getPatron(reader, patronText), { page: 1, pageSize: limit, field }),
  );
  if (options.json) {
    printJson({ items, total, page: 1, pageSize: limit });
    return exitCodes.good;
  }
  for (const item of items) printItem(item, store.tenant.zone);
  const more = (total ?? 0) - items.length;
  if (more > 0) say(`… and ${more} older entries; --limit shows more.`);
  if (items.length === 0) say('Nothing is recorded.');
  return exitCodes.good;
}

function printItem(item: HistoryItem, zone: string): void {
  const { at, entity, contactId, action, actor, channel, runId, changes } = item;
  const what = contactId === null ? entity : `${entity} ${contactId}`;
  const who = actor === null ? 'unknown' : `${actor} (${channel})`;
  const run = runId === null ? '' : `, run ${runId}`;
  say(`${localTime(Date.parse(at), zone)}  ${what} ${action} by ${who}${run}`);
  for (const change of changes) say(`    ${changeText(change, action)}`);
}

/** A record that was made or removed shows what it said; a change shows both sides. */
function changeText({ field, before, after }: FieldChange, action: HistoryItem['action']): string {
  if (before === null) return `${field}: ${valueText(after)}`;
  if (action === 'removed') return `${field}: ${valueText(before)}`;
  return `${field}: ${valueText(before)} → ${after === null ? 'nothing' : valueText(after)}`;
}

function valueText(value: FieldValue | null): string {
  return Array.isArray(value) ? value.join(';') : String(value);
}

/** An option that counts; anything else is a usage error. */
function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return number;
}
