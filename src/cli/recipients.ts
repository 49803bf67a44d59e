import type { Command } from 'commander';
import { getPatron } from '../directory/find-patron.ts';
import { listRecipients, parseScenario } from '../directory/recipients.ts';
import { jsonOption, openCommand, openTenant, tenantOption } from './lib/open-command.ts';
import type { JsonChoice, TenantChoice } from './lib/open-command.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { patronArgument } from './lib/patron-argument.ts';
import { printJson, printTable, say } from './lib/print.ts';

/** `muster recipients`: who gets a message (I22). */
export function recipientsCommand(program: Command): void {
  program
    .command('recipients')
    .description('say who gets a message of a scenario about a patron')
    .addArgument(patronArgument())
    .argument('<scenario>', 'a communication scenario, e.g. OVERDUE')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster recipients jdoe1 OVERDUE')
    .action(exits(recipients));
}

async function recipients(patronText: string, scenarioText: string, options: TenantChoice & JsonChoice) {
  const scenario = parseScenario(scenarioText);
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const items = await store.snapshot(async (reader) =>
    listRecipients(reader, await getPatron(reader, patronText), scenario),
  );
  if (options.json) printJson({ items });
  else if (items.length === 0) say(`Nobody: no e-mail of this patron may be used for ${scenario}.`);
  else {
    printTable(
      ['FIELD', 'CONTACT', 'ADDRESSEE'],
      items.map(({ field, contact, addressee }) => [field, contact, addressee]),
    );
  }
  return exitCodes.good;
}
