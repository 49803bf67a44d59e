import type { Command } from 'commander';
import { saveSet } from '../directory/edit-sets.ts';
import { getRecord } from '../directory/record-editor.ts';
import { viewSets, type SetView } from '../directory/view-records.ts';
import { MusterError } from '../domain/errors.ts';
import { exitCodes, exits } from './lib/exit.ts';
import {
  jsonOption,
  openCommand,
  openTenant,
  tenantOption,
  type JsonChoice,
  type TenantChoice,
} from './lib/open-command.ts';
import { printJson, printTable } from './lib/print.ts';
import { commandEditor, listedMax } from './lib/record-editing.ts';

interface Choices extends TenantChoice, JsonChoice {
  readonly to?: string[];
  readonly none?: boolean;
}

/** `muster authorization-set delegate|list`: which organizations may use a set (W17). */
export function authorizationSetCommands(program: Command): void {
  const example = '\nExample:\n  muster authorization-set delegate FILM-1 --to "Media Arts" --to Theatre';
  const group = program
    .command('authorization-set')
    .description('delegate authorization sets to organizations, or list them')
    .addHelpText('after', example);
  group
    .command('delegate')
    .description('say which other organizations may use a set; those that are not named no longer may')
    .argument('<unique-identifier>', 'the authorization set')
    .option('--to <organization>', 'an organization that may use it; may be given several times', collect)
    .option('--none', 'no other organization may use it')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', example)
    .action(exits(delegate));
  group
    .command('list')
    .description('list authorization sets')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster authorization-set list --json')
    .action(exits(list));
}

function collect(name: string, others: string[] = []): string[] {
  return [...others, name];
}

async function delegate(identifier: string, choices: Choices) {
  const { to = [], none = false } = choices;
  if (to.length > 0 === none) throw new MusterError('bad-request', 'Say either --to ORGANIZATION or --none.');
  await using context = await openCommand();
  const store = await openTenant(context, choices);
  const by = commandEditor(context, store);
  const view = await store.transact(async (tx) => {
    const before = await getRecord(tx, 'authorization-set', identifier);
    const set = await saveSet(tx, before, { delegatedTo: to }, by);
    return (await viewSets(tx, [set], by.today))[0]!;
  });
  if (choices.json) printJson(view);
  else print([view]);
  return exitCodes.good;
}

async function list(choices: Choices) {
  await using context = await openCommand();
  const store = await openTenant(context, choices);
  const { today } = commandEditor(context, store);
  const { items, total } = await store.snapshot(async (reader) => {
    const page = await reader.records['authorization-set'].list({ q: '', page: 1, pageSize: listedMax });
    return { items: await viewSets(reader, page.items, today), total: page.total };
  });
  if (choices.json) printJson({ items, total, page: 1, pageSize: listedMax });
  else print(items);
  return exitCodes.good;
}

function print(sets: readonly SetView[]): void {
  printTable(
    ['AUTHORIZATION SET', 'NAME', 'STATUS', 'ORGANIZATION', 'DELEGATED TO'],
    sets.map((set) => [
      set.uniqueIdentifier,
      set.name,
      set.status,
      set.organization,
      set.delegatedTo.join(', '),
    ]),
  );
}
