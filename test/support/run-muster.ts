import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeEnv, releaseDatabases } from './engines.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command of the real program on a data directory to its end. */
export async function runMuster(
  dataDir: string,
  args: readonly string[],
  { input, env = {} }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...(await placeEnv(dataDir)), ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The same with `--json`, parsed; throws with what it said where the exit code is another. */
export async function runMusterJson<T>(
  dataDir: string,
  args: readonly string[],
  { code = 0, ...options }: RunOptions & { readonly code?: number } = {},
): Promise<T> {
  const ran = await runMuster(dataDir, [...args, '--json'], options);
  if (ran.code !== code) throw new Error(`muster ${args.join(' ')} ended with ${ran.code}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** A folder for data directories and files of one test file. */
export async function makeFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await releaseDatabases(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}
