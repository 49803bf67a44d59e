import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { erasePatron, type Erasure } from '../directory/erase-patron.ts';
import { getPatron } from '../directory/find-patron.ts';
import { MusterError } from '../domain/errors.ts';
import { displayName } from '../domain/patron/identity.ts';
import { things } from '../domain/text/things.ts';
import { exitCodes, exits } from './lib/exit.ts';
import {
  commandActor,
  jsonOption,
  openCommand,
  openTenant,
  tenantOption,
  type JsonChoice,
  type TenantChoice,
} from './lib/open-command.ts';
import { patronArgument } from './lib/patron-argument.ts';
import { printable, printJson, say } from './lib/print.ts';

interface EraseOptions extends TenantChoice, JsonChoice {
  readonly yes?: boolean;
}

/** `muster erase`: removes a patron for good. */
export function eraseCommand(program: Command): void {
  program
    .command('erase')
    .description('remove a patron and everything kept about them, for good')
    .addArgument(patronArgument())
    .option('-y, --yes', 'do not ask first')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Goes: the patron, the contacts, memberships of sections, overrides, the journal, results of rows, and the
kept bytes of every finished import file of the tenant, since one patron cannot be cut out of them. Groups
and sections whose contact person it was have none afterwards. The audit keeps the id alone. Backups made
before still hold the patron, and so does the system that sends the files.

Example:
  muster erase jdoe1`,
    )
    .action(exits(erase));
}

async function erase(patronText: string, options: EraseOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const patron = await getPatron(store.read, patronText);
  if (!options.yes) await confirm(displayName(patron));
  const erasure = await erasePatron(store, patron.id, commandActor(), context.clock.now());
  if (options.json) printJson(erasure);
  else report(erasure);
  return exitCodes.good;
}

async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new MusterError(
      'bad-request',
      'Nobody can be asked here. To erase without being asked, say --yes.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(printable(`Erase ${name} for good? Type “yes”: `));
    if (answer.trim().toLowerCase() === 'yes') return;
  } finally {
    terminal.close();
  }
  throw new MusterError('conflict', 'Nothing was erased.');
}

function report(erasure: Erasure): void {
  const { patronId, contacts, memberships, journalEntries, contactPersonOf, deliveries, keptFilesOf } =
    erasure;
  say(
    `Patron ${patronId} was erased, with ${things(contacts, 'contact')}, ${things(memberships, 'membership')} and ${things(journalEntries, 'entry', 'entries')} of the journal.`,
  );
  if (contactPersonOf > 0) {
    say(
      `${things(contactPersonOf, 'group or section has', 'groups and sections have')} no contact person now.`,
    );
  }
  if (deliveries > 0) {
    say(
      `The bytes of ${things(deliveries, 'finished import file')} are no longer kept, since one patron cannot be cut out of them.`,
    );
  }
  for (const { id, kind, state } of keptFilesOf) {
    const then = state === 'held' ? ` (muster discard ${id} drops it)` : '';
    say(
      `The ${kind} file of run ${id} is still needed, for the run is ${state}${then}. If the patron is in it, erase again after that.`,
    );
  }
  say('Backups made before still hold the patron; so does a file that is sent again.');
}
