import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { placeEnv, releaseDatabases } from './engines.ts';
import { adminPassword } from './server.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));

export interface ProcessOptions {
  /** An existing data directory, which is then left alone at the end; otherwise a fresh one. */
  readonly dataDir?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program to start, where it is another version's. */
  readonly program?: string;
  /** A command that starts the program given after it, e.g. as another user. */
  readonly launcher?: readonly string[];
}

/** The real program as a child process. */
export interface ProcessServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** Everything printed so far, standard output and standard error. */
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code, null where the signal ended it. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `muster serve` on a free port and waits until it says that it is ready. */
export async function startProcess(options: ProcessOptions = {}): Promise<ProcessServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'muster-process-')));
  const command = [
    ...(options.launcher ?? []),
    process.execPath,
    options.program ?? program,
    'serve',
    ...(options.args ?? []),
  ];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...(await placeEnv(dataDir)),
      MUSTER_PORT: '0',
      MUSTER_ADMIN_PASSWORD: adminPassword,
      ...options.env,
    },
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let printed = '';
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`;
      const url = /^Muster is ready on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    void exited.then((code) => reject(new Error(`muster ended with ${code}:\n${printed}`)));
  });
  const kill = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  const url = await ready;
  return {
    url,
    port: Number(new URL(url).port),
    dataDir,
    child,
    output: () => printed,
    kill,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
      if (options.dataDir !== undefined) return;
      await releaseDatabases(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
