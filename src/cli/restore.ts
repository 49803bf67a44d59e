import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config/env.ts';
import { systemClock } from '../context.ts';
import { engineOf } from '../storage/engines.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, type JsonChoice } from './lib/open-command.ts';
import { printJson, say } from './lib/print.ts';

interface RestoreOptions extends JsonChoice {
  readonly replace?: boolean;
}

/** `muster restore`: puts a backup in place; never beside a running server. */
export function restoreCommand(program: Command): void {
  program
    .command('restore')
    .description('put a backup into the data directory; refuses while the server runs')
    .argument('<file>', 'a file that “muster backup” wrote')
    .option('--replace', 'move data that is there aside instead of refusing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The whole backup is unpacked and checked first; until that has gone well, nothing is touched.

Example:
  MUSTER_DATA_DIR=/var/lib/muster muster restore /var/backups/muster-monday.backup`,
    )
    .action(exits(restore));
}

async function restore(fileText: string, { replace = false, json }: RestoreOptions) {
  const config = readConfig();
  const { dataDir } = config;
  const file = resolve(fileText);
  const engine = await engineOf(config);
  const { manifest, aside } = engine.restore({ file, replace, at: systemClock.now() });
  const asidePath = aside === undefined ? null : join(dataDir, aside);
  if (json) {
    printJson({
      dataDir,
      madeAt: manifest.madeAt,
      version: manifest.version,
      files: manifest.files,
      aside: asidePath,
    });
    return exitCodes.good;
  }
  say(`${dataDir} now holds the backup of ${manifest.madeAt}.`);
  if (asidePath !== null) {
    say(`What was there lies in ${asidePath}; delete it once you are sure. It still holds people’s data.`);
  }
  return exitCodes.good;
}
