import { Command } from 'commander';
import { version } from '../config/version.ts';
import { sayError } from './lib/exit.ts';

type AddCommands = (program: Command) => void;

/**
 * Every command, in the order of the help. Only the one that is asked for is loaded: a command that prints two
 * lines should not wait for the parts of the server.
 */
const commands: readonly { readonly names: readonly string[]; readonly load: () => Promise<AddCommands> }[] =
  [
    { names: ['serve'], load: async () => (await import('./serve.ts')).serveCommand },
    { names: ['tenant'], load: async () => (await import('./tenant.ts')).tenantCommands },
    { names: ['account'], load: async () => (await import('./account.ts')).accountCommands },
    { names: ['client'], load: async () => (await import('./client.ts')).clientCommands },
    { names: ['import'], load: async () => (await import('./import.ts')).importCommand },
    { names: ['runs', 'approve', 'discard'], load: async () => (await import('./runs.ts')).runsCommands },
    { names: ['undo'], load: async () => (await import('./undo.ts')).undoCommand },
    { names: ['recipients'], load: async () => (await import('./recipients.ts')).recipientsCommand },
    {
      names: ['organization', 'resource-type', 'checkout-center'],
      load: async () => (await import('./registries.ts')).registryCommands,
    },
    {
      names: ['authorization-set'],
      load: async () => (await import('./authorization-set.ts')).authorizationSetCommands,
    },
    { names: ['access'], load: async () => (await import('./access.ts')).accessCommand },
    { names: ['daily-run'], load: async () => (await import('./daily-run.ts')).dailyRunCommand },
    { names: ['calendar'], load: async () => (await import('./calendar.ts')).calendarCommand },
    { names: ['history'], load: async () => (await import('./history.ts')).historyCommand },
    { names: ['export'], load: async () => (await import('./export.ts')).exportCommand },
    { names: ['erase'], load: async () => (await import('./erase.ts')).eraseCommand },
    { names: ['backup'], load: async () => (await import('./backup.ts')).backupCommand },
    { names: ['restore'], load: async () => (await import('./restore.ts')).restoreCommand },
    { names: ['doctor'], load: async () => (await import('./doctor.ts')).doctorCommand },
  ];

/** Runs one command; what goes wrong is said on standard error. Sets the exit code of the process. */
export async function runCli(argv: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe();
  try {
    await (await programFor(argv[0])).parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = sayError(error);
  }
}

/** The program with the command asked for; for help, and for what is no command, with all of them. */
async function programFor(name: string | undefined): Promise<Command> {
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

Example: muster import patrons patrons.csv --dry-run`,
    );
  const asked = commands.filter(({ names }) => name !== undefined && names.includes(name));
  for (const { load } of asked.length > 0 ? asked : commands) (await load())(muster);
  return muster;
}

/** `muster export … | head` closes the pipe before all is written; that is no trouble. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
