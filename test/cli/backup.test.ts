import { existsSync } from 'node:fs';
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';
import { adminAuthorization, postContacts } from '../support/server.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ProcessServer;
let dataDir: string;
let file: string;

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  file = join(folder.path, 'monday.backup');
  server = await startProcess({ dataDir, args: ['--demo'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Backup {
  readonly files: readonly { path: string }[];
}

/** What anybody asks the server, as text. */
async function answers({ url }: ProcessServer): Promise<string[]> {
  const paths = [
    'patrons?pageSize=100',
    'patrons/jdoe1/contacts',
    'patrons/jdoe1/history',
    'imports',
    'accounts',
  ];
  return Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${url}/api/v1/${path}`, {
        headers: { authorization: adminAuthorization },
      });
      expect(response.status).toBe(200);
      return response.text();
    }),
  );
}

test('a backup of a running server answers as the server did, once restored elsewhere', async () => {
  const add = ['tenant', 'add', 'north', '--name', 'North', '--zone', 'Europe/London', '--json'];
  await runMusterJson(dataDir, add.slice(0, -1));
  const before = await answers(server);
  const backup = await runMusterJson<Backup>(dataDir, ['backup', file]);
  expect(backup.files.map(({ path }) => path)).toEqual(['system.db', 'tenants/main.db', 'tenants/north.db']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // What comes after is not in it.
  await postContacts(server, 'username,type,contact\njdoe1,EMAIL,later@school.example\n');
  expect(await answers(server)).not.toEqual(before);

  const elsewhere = join(folder.path, 'elsewhere');
  await runMusterJson(elsewhere, ['restore', file]);
  await using restored = await startProcess({ dataDir: elsewhere });
  expect(await answers(restored)).toEqual(before);
  expect(
    (await postContacts(restored, 'username,type,contact\njdoe1,EMAIL,x@school.example\n')).body.success,
  ).toBe(true);
});

test('a backup overwrites nothing', async () => {
  const taken = join(folder.path, 'taken');
  await writeFile(taken, 'mine');
  const ran = await runMuster(dataDir, ['backup', taken]);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toMatch(/exists already and is not overwritten/);
});

test('a restore is refused while the server runs, and over data that is there', async () => {
  const ran = await runMuster(dataDir, ['restore', file, '--replace']);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toMatch(/is in use by a running Muster/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

  await server.kill('SIGKILL');
  const unsaid = await runMuster(dataDir, ['restore', file]);
  expect(unsaid).toMatchObject({ code: 1, stdout: '' });
  expect(unsaid.stderr).toMatch(/holds data already.*--replace/);
});

test('a damaged backup changes nothing', async () => {
  const before = await readdir(dataDir);
  const damaged = join(folder.path, 'damaged.backup');
  const copy = await open(file);
  const bytes = await copy.readFile();
  await copy.close();
  // In the middle of what is packed.
  const at = bytes.length - 5_000;
  bytes[at] = bytes[at]! ^ 0xff;
  await writeFile(damaged, bytes);
  const ran = await runMuster(dataDir, ['restore', damaged, '--replace']);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toMatch(/is damaged|is not a backup/);
  expect(await readdir(dataDir)).toEqual(before);

  const other = join(folder.path, 'other.backup');
  await writeFile(other, 'username,type\n');
  expect(await runMuster(dataDir, ['restore', other, '--replace'])).toMatchObject({ code: 1, stdout: '' });
});

test('said so, a restore moves what is there aside', async () => {
  const { aside } = await runMusterJson<{ aside: string }>(dataDir, ['restore', file, '--replace']);
  expect(existsSync(join(aside, 'system.db'))).toBe(true);
  expect(existsSync(join(aside, 'tenants', 'main.db'))).toBe(true);
  const { stdout } = await runMuster(dataDir, ['history', 'jdoe1', '--field', 'contact']);
  expect(stdout).toMatch(/tutor\.9b@school\.example/);
  expect(stdout).not.toMatch(/later@school\.example/);
  expect(await runMuster(dataDir, ['doctor'])).toMatchObject({ code: 0 });
});

test('a restored backup knows the API clients, and no session of the time it was made', async () => {
  const place = join(folder.path, 'of-clients');
  await using own = await startProcess({ dataDir: place });
  const added = await runMuster(place, ['client', 'add', 'sync']);
  const { key, secret } = JSON.parse(added.stdout) as { key: string; secret: string };
  const ask = async ({ url }: ProcessServer, fields: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    const response = await fetch(`${url}/services/SSLIB_SER_PATRON_API.asmx/patron`, {
      method: 'POST',
      body,
    });
    return (await response.json()) as { result: boolean; msg: string; code: string; token: string };
  };
  const { code } = await ask(own, { action: 'getcode', apikey: key });
  const { token } = await ask(own, { action: 'gettoken', code, apisecret: secret });
  expect((await ask(own, { action: 'searchpatron', token })).result).toBe(true);
  const copy = join(folder.path, 'clients.backup');
  await runMusterJson(place, ['backup', copy]);
  const elsewhere = join(folder.path, 'clients');
  await runMusterJson(elsewhere, ['restore', copy]);
  await using restored = await startProcess({ dataDir: elsewhere });
  expect((await ask(restored, { action: 'searchpatron', token })).msg).toBe('Invalidate session token.');
  expect((await ask(restored, { action: 'getcode', apikey: key })).result).toBe(true);
});
