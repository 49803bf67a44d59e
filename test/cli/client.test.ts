import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClientView } from '../../src/directory/api-clients.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;
let server: ProcessServer;
beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  server = await startProcess({ dataDir });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const muster = (...args: string[]) => runMuster(dataDir, args);
const list = async (...args: string[]) =>
  (await runMusterJson<{ items: ApiClientView[] }>(dataDir, ['client', 'list', ...args])).items;

/** What the serving process says to a key. */
async function isKnown(key: string): Promise<boolean> {
  const response = await fetch(`${server.url}/services/SSLIB_SER_PATRON_API.asmx/patron`, {
    method: 'POST',
    body: new URLSearchParams({ action: 'getcode', apikey: key }),
  });
  return ((await response.json()) as { result: boolean }).result;
}

test('a client is added beside a running server: key and secret alone on standard output, once', async () => {
  const added = await muster('client', 'add', 'once');
  expect(added).toMatchObject({
    code: 0,
    stderr:
      'API client once was made in tenant main. The secret is shown this once; keep it where only the script can read it.\n',
  });
  const printed = JSON.parse(added.stdout) as { key: string; secret: string };
  expect(printed).toEqual({
    key: expect.stringMatching(/^mk_[\w-]{43}$/) as string,
    secret: expect.stringMatching(/^ms_[\w-]{43}$/) as string,
  });
  expect(await isKnown(printed.key)).toBe(true);
  const listed = await muster('client', 'list');
  expect(listed.stdout).toMatch(/^NAME +MADE +LAST USED +STATE\nonce +\S+ \S+ +never +active$/m);
  for (const { stdout } of [listed, await muster('client', 'list', '--json')]) {
    expect(stdout).not.toContain(printed.key);
    expect(stdout).not.toContain(printed.secret);
  }
  expect(server.output()).not.toMatch(/m[ks]_/);
});

test('a name is taken once, in each tenant for itself, and what cannot be one is a usage error', async () => {
  await muster('client', 'add', 'taken');
  const again = await muster('client', 'add', ' TAKEN ');
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: 'There is an API client “TAKEN” already.\n' });
  await muster('tenant', 'add', 'north', '--name', 'North', '--zone', 'UTC');
  expect((await muster('client', 'add', 'taken', '--tenant', 'north')).code).toBe(0);
  expect((await list('--tenant', 'north')).map(({ name }) => name)).toEqual(['taken']);
  for (const name of [' ', 'x'.repeat(201), 'a\tb'])
    expect((await muster('client', 'add', name)).code).toBe(2);
  expect((await muster('client', 'add', 'a', '--tenant', 'nowhere')).code).toBe(2);
});

test('a rotated client has two keys until the instant, or one at once', async () => {
  const old = JSON.parse((await muster('client', 'add', 'rotated')).stdout) as { key: string };
  const until = new Date(Date.now() + 60 * 60_000).toISOString();
  const rotated = await muster('client', 'rotate', 'Rotated', '--until', until);
  const printed = JSON.parse(rotated.stdout) as { key: string; secret: string; oldKeyUntil: string };
  expect(printed.oldKeyUntil).toBe(until);
  expect(rotated.stderr).toContain(`The old key is good as well until ${until}.`);
  expect([await isKnown(old.key), await isKnown(printed.key)]).toEqual([true, true]);
  expect((await muster('client', 'list')).stdout).toMatch(/^rotated .* active, old key until \S+ \S+$/m);

  const now = await muster('client', 'rotate', 'rotated', '--until', 'now');
  const last = JSON.parse(now.stdout) as { key: string; oldKeyUntil: null };
  expect(last.oldKeyUntil).toBeNull();
  expect(now.stderr).toMatch(/^The old key is dead\. /);
  expect(await Promise.all([old.key, printed.key, last.key].map(isKnown))).toEqual([false, false, true]);

  const usual = JSON.parse((await muster('client', 'rotate', 'rotated')).stdout) as { oldKeyUntil: string };
  const days = (Date.parse(usual.oldKeyUntil) - Date.now()) / (24 * 60 * 60_000);
  expect(Math.round(days)).toBe(7);
  expect((await muster('client', 'rotate', 'rotated', '--until', 'tomorrow')).code).toBe(2);
});

test('a revoked client is dead at once, stays listed, and its name is free', async () => {
  const { key } = JSON.parse((await muster('client', 'add', 'gone')).stdout) as { key: string };
  expect(await muster('client', 'revoke', 'gone')).toEqual({
    code: 0,
    stdout: 'API client gone is revoked; its sessions have ended.\n',
    stderr: '',
  });
  expect(await isKnown(key)).toBe(false);
  expect(await muster('client', 'revoke', 'gone')).toMatchObject({ code: 2, stdout: '' });
  expect(await muster('client', 'rotate', 'nobody')).toMatchObject({ code: 2, stdout: '' });
  expect((await muster('client', 'list')).stdout).toMatch(/^gone .* revoked \S+ \S+$/m);
  expect((await muster('client', 'add', 'gone')).code).toBe(0);
  expect((await list()).filter(({ name }) => name === 'gone')).toHaveLength(2);
});
