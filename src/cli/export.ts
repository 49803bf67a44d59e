import type { Command } from 'commander';
import { exportPatron } from '../directory/export-patron.ts';
import { getPatron } from '../directory/find-patron.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, openTenant, tenantOption, type TenantChoice } from './lib/open-command.ts';
import { patronArgument } from './lib/patron-argument.ts';
import { printJson } from './lib/print.ts';

/** `muster export`: everything kept about a patron, for whoever asks for it by right. */
export function exportCommand(program: Command): void {
  program
    .command('export')
    .description('print everything kept about a patron as JSON')
    .addArgument(patronArgument())
    .addOption(tenantOption())
    .addOption(jsonOption().hideHelp())
    .addHelpText(
      'after',
      `
It is always JSON. Files as they were sent are not in it: they are kept for days only and hold everybody.

Example:
  muster export jdoe1 > jdoe1.json`,
    )
    .action(exits(exportOne));
}

async function exportOne(patronText: string, options: TenantChoice) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  printJson(
    await store.snapshot(async (reader) => exportPatron(reader, (await getPatron(reader, patronText)).id)),
  );
  return exitCodes.good;
}
