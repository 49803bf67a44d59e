import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineName } from '../support/engines.ts';
import { startProcess } from '../support/process-server.ts';
import { makeFolder, runMuster } from '../support/run-muster.ts';
import { basic, postContacts } from '../support/server.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

test('the first start makes tenant and password, says so once, and keeps the password to its owner', async () => {
  const dataDir = join(folder.path, 'first');
  const file = join(dataDir, 'initial-admin-password.txt');
  let password: string;
  {
    await using server = await startProcess({ dataDir, env: { MUSTER_ADMIN_PASSWORD: '' } });
    password = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
    expect(server.output().split(password)).toHaveLength(2);
    expect(server.output()).toMatch(/^Tenant main was made, in time zone \S+\.$/m);
    expect((await postContacts(server, '', undefined, basic('admin', password))).status).toBe(200);
    expect(await server.kill('SIGTERM')).toBe(0);
  }
  await using again = await startProcess({ dataDir, env: { MUSTER_ADMIN_PASSWORD: '' } });
  expect(again.output()).not.toContain(password);
  expect(again.output()).not.toMatch(/Tenant main was made/);
});

test('a first password that is too short is refused with the reason, and what is there is not asked for another', async () => {
  const dataDir = join(folder.path, 'short');
  const refused = await runMuster(dataDir, ['serve'], {
    env: { MUSTER_PORT: '0', MUSTER_ADMIN_PASSWORD: 'seven77' },
  });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^MUSTER_ADMIN_PASSWORD cannot be taken\. .*too short \(7\)/m);
  expect(refused.stderr).not.toContain('seven77');
  await (await startProcess({ dataDir })).kill('SIGTERM');
  // The account is there, so the variable means nothing any more.
  const again = await startProcess({ dataDir, env: { MUSTER_ADMIN_PASSWORD: 'seven77' } });
  expect(await again.kill('SIGTERM')).toBe(0);
});

test('what it writes is for its own user alone, also in a data directory that others may enter', async () => {
  const dataDir = join(folder.path, 'open');
  await mkdir(dataDir);
  await chmod(dataDir, 0o755);
  await using server = await startProcess({ dataDir });
  await postContacts(server, 'username,type,contact\nnobody,EMAIL,a@b\n');
  const entries = await readdir(dataDir, { recursive: true });
  const written =
    engineName === 'sqlite' ? ['system.db', join('tenants', 'main.db-wal')] : ['lock.db', 'spool'];
  expect(entries).toEqual(expect.arrayContaining(written));
  for (const entry of entries) {
    expect([entry, (await stat(join(dataDir, entry))).mode & 0o077]).toEqual([entry, 0]);
  }
});

test('a taken port and a data directory that is a file are said in words, with exit code 1 or 2', async () => {
  await using server = await startProcess();
  const port = String(server.port);
  const taken = await runMuster(join(folder.path, 'second'), ['serve'], { env: { MUSTER_PORT: port } });
  expect(taken.code).toBe(1);
  expect(taken.stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken .*MUSTER_PORT`, 'm'));
  expect(taken.stdout).not.toMatch(/ready/);

  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const noFolder = await runMuster(file, ['serve'], { env: { MUSTER_PORT: '0' } });
  expect(noFolder).toMatchObject({ code: 2, stdout: '' });
  expect(noFolder.stderr).toMatch(/is not a folder\. Set MUSTER_DATA_DIR to one\.\n$/);
});

/** How a process was started: its arguments, and its variables. */
async function startOf(pid: number): Promise<{ args: string[]; env: string[] }> {
  const [args, env] = await Promise.all(
    ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  );
  return { args: args!.split('\0'), env: env!.split('\0') };
}

test.runIf(process.platform === 'linux')(
  'it starts over by itself with what its memory and its threads are told, in the same process',
  async () => {
    await using server = await startProcess();
    const { args, env } = await startOf(server.child.pid!);
    const helpers = Number(args.find((arg) => arg.startsWith('--v8-pool-size='))?.split('=')[1]);
    expect(helpers).toBeGreaterThan(0);
    expect(helpers).toBeLessThanOrEqual(Math.max(1, availableParallelism() - 1));
    expect(env.filter((one) => one.startsWith('MALLOC_')).map((one) => one.split('=')[0])).toEqual([
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
    ]);
  },
);

test.runIf(process.platform === 'linux')(
  'whoever tells the allocator or V8 something is left alone',
  async () => {
    await using server = await startProcess({ env: { MALLOC_ARENA_MAX: '3' } });
    const { args, env } = await startOf(server.child.pid!);
    expect(env.filter((one) => one.startsWith('MALLOC_'))).toEqual(['MALLOC_ARENA_MAX=3']);
    expect(args.filter((arg) => arg.startsWith('--v8-pool-size='))).toEqual([]);
    await using other = await startProcess({ env: { NODE_OPTIONS: '--v8-pool-size=3' } });
    const second = await startOf(other.child.pid!);
    expect(second.env.filter((one) => one.startsWith('MALLOC_'))).toHaveLength(3);
    expect(second.args.filter((arg) => arg.startsWith('--v8-pool-size='))).toEqual([]);
  },
);
