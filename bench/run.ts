import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './options.ts';
import { openPostgres } from './postgres.ts';

const benchDir = fileURLToPath(new URL('../.bench', import.meta.url));

/** Where a bench takes place. */
export interface BenchPlace {
  readonly dir: string;
  readonly signal: AbortSignal;
  /** Address of a PostgreSQL server on which to make databases; undefined: the embedded database is measured. */
  readonly postgres: string | undefined;
}

/**
 * Runs a bench in a folder of its own beside the project, on the same disk as a server would use, and removes
 * the folder whatever happens. The signal fires when the time is up or the bench is interrupted.
 */
export async function runBench(
  options: BenchOptions,
  work: (place: BenchPlace) => Promise<void>,
): Promise<void> {
  mkdirSync(benchDir, { recursive: true });
  const dir = mkdtempSync(join(benchDir, 'run-'));
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(options.minutesMax * 60_000)]);
  try {
    await using postgres = await openPostgres(options.engine);
    await work({ dir, signal, postgres: postgres?.url });
  } catch (error) {
    console.error(signal.aborted ? `Given up: ${String(signal.reason)}` : error);
    process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The machine in a line, for whoever compares figures. */
export function machine(): { cores: number; cpu: string; memoryGib: number; node: string } {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** Something to look at while a bench runs; on standard error, so that `--json` stays clean. */
export function say(text: string): void {
  console.error(text);
}

/** The run of a management API answer; throws unless everything in it was applied. */
export function appliedRun({ status, body }: { status: number; body: string }): {
  counts: Record<string, number>;
} {
  const run =
    status === 200 || status === 201
      ? (JSON.parse(body) as { state: string; counts: Record<string, number> })
      : undefined;
  if (run?.state === 'applied' && run.counts['failed'] === 0) return run;
  throw new Error(`The server answered ${status}: ${body.slice(0, 500)}`);
}
