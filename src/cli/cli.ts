import { Command } from 'commander';
import { version } from '../config/version.ts';
import { accountCommands } from './account.ts';
import { backupCommand } from './backup.ts';
import { doctorCommand } from './doctor.ts';
import { eraseCommand } from './erase.ts';
import { exportCommand } from './export.ts';
import { historyCommand } from './history.ts';
import { importCommand } from './import.ts';
import { sayError } from './lib/exit.ts';
import { recipientsCommand } from './recipients.ts';
import { restoreCommand } from './restore.ts';
import { runsCommands } from './runs.ts';
import { serveCommand } from './serve.ts';
import { tenantCommands } from './tenant.ts';
import { undoCommand } from './undo.ts';

/** Every command, in the order of the help. */
const commands = [
  serveCommand,
  tenantCommands,
  accountCommands,
  importCommand,
  runsCommands,
  undoCommand,
  recipientsCommand,
  historyCommand,
  exportCommand,
  eraseCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
];

/** Runs one command; what goes wrong is said on standard error. Sets the exit code of the process. */
export async function runCli(argv: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe();
  try {
    await program().parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = sayError(error);
  }
}

function program(): Command {
  const muster = new Command('muster')
    .description('Muster, a self-hosted patron directory for school and university libraries.')
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .showHelpAfterError('(add --help to see how it is meant)')
    .addHelpText(
      'after',
      `
Exit codes: 0 good, 1 refused, 2 usage (also an ambiguous or unknown PATRON), 3 denied, 4 some rows failed,
5 held. All commands but restore work beside a running server; settings are environment variables (README).

Example:
  muster import patrons patrons.csv --dry-run`,
    );
  for (const add of commands) add(muster);
  return muster;
}

/** `muster export … | head` closes the pipe before all is written; that is no trouble. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
