import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { version } from '../config/version.ts';
import { engineOf } from '../storage/engines.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, type JsonChoice } from './lib/open-command.ts';
import { printJson, say } from './lib/print.ts';

/** `muster backup`: everything into one file, while serving. */
export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description('write everything into one file, while the server runs')
    .argument('<file>', 'a new file; one that is there is not overwritten')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The file holds every tenant with patrons, journal and accounts. Only its owner may read it (mode 0600); keep it
as safe as the data directory.

Example:
  muster backup /var/backups/muster-monday.backup`,
    )
    .action(exits(backup));
}

async function backup(fileText: string, { json }: JsonChoice) {
  await using context = await openCommand();
  const file = resolve(fileText);
  const at = context.clock.now();
  const engine = await engineOf(context.config);
  const manifest = engine.backUp({ file, stagingDir: context.spoolDir, version, at });
  const sizeBytes = statSync(file).size;
  if (json) printJson({ file, sizeBytes, ...manifest });
  else {
    const tenants = manifest.files.length - 1;
    say(`${file}: ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}, ${sizeBytes} bytes.`);
  }
  return exitCodes.good;
}
