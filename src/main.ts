import { runCli } from './cli/cli.ts';

/** Runs one command of `muster`; arguments without the program's own name. Sets the exit code. */
export async function runMuster(argv: readonly string[]): Promise<void> {
  await runCli(argv);
}
