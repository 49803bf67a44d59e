import { runCli } from './cli/cli.ts';

/**
 * Runs one command of `muster`; arguments without the program's own name. Sets the exit code. Whatever it
 * writes holds people's data, so it is for its own user alone, also in a data directory that others may enter.
 */
export async function runMuster(argv: readonly string[]): Promise<void> {
  process.umask(0o077);
  await runCli(argv);
}
