import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeAt } from '../support/engines.ts';
import { asAdmin, asSuperuser, makeDatabase } from '../support/postgres-databases.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;
let server: ProcessServer;

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  server = await startProcess({ dataDir, args: ['--demo'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

test('backup and restore name the tools of PostgreSQL, write nothing and end with 1', async () => {
  const file = join(folder.path, 'some.backup');
  const backup = await runMuster(dataDir, ['backup', file]);
  expect(backup).toMatchObject({ code: 1, stdout: '' });
  expect(backup.stderr).toMatch(/pg_dump --format=custom/);
  const restore = await runMuster(dataDir, ['restore', file, '--replace']);
  expect(restore).toMatchObject({ code: 1, stdout: '' });
  expect(restore.stderr).toMatch(/pg_restore --clean/);
  expect(existsSync(file)).toBe(false);
});

interface Doctor {
  readonly healthy: boolean;
  readonly findings: readonly { readonly check: string; readonly level: string; readonly finding: string }[];
}

/** What the doctor finds wrong with the database while it is ill in some way. */
async function findWhile(ill: string, mended: string): Promise<string[]> {
  const { databaseUrl } = await placeAt(dataDir);
  const alter = (text: string) => asAdmin((client) => client.query(text), asSuperuser(databaseUrl!));
  await alter(ill);
  try {
    const { findings } = await runMusterJson<Doctor>(dataDir, ['doctor'], { code: 1 });
    return findings
      .filter(({ check, level }) => check === 'database' && level === 'problem')
      .map(({ finding }) => finding);
  } finally {
    await alter(mended);
  }
}

test('the doctor looks at the database, and sees a wall that was opened', async () => {
  const healthy = await runMusterJson<Doctor>(dataDir, ['doctor']);
  expect(healthy.healthy).toBe(true);
  expect(healthy.findings.map(({ check, level }) => [check, level])).toContainEqual(['database', 'good']);
  expect(healthy.findings.map(({ check }) => check)).toContain('tenant main');
  expect(
    await findWhile(
      'alter table setting no force row level security',
      'alter table setting force row level security',
    ),
  ).toEqual([expect.stringMatching(/open in setting\./)]);
});

test('the doctor sees a guard of contacts that is off, and contacts that were left behind meanwhile', async () => {
  expect(
    await findWhile(
      'alter table patron disable trigger patrons_leave_no_contacts',
      'alter table patron enable trigger patrons_leave_no_contacts',
    ),
  ).toEqual([expect.stringContaining('The triggers patron.patrons_leave_no_contacts are off or gone')]);
  const list = `insert into contact_list (tenant_id, patron_id, contacts, contact_count, email_count, imported_count, created_runs, own_emails)
    values (1, 999999, '[]', 0, 0, 0, '', '')`;
  expect(
    await findWhile(
      `set session_replication_role = replica; ${list}`,
      'delete from contact_list where patron_id = 999999',
    ),
  ).toEqual(['In the tenant main, 1 lists of contacts belong to a patron that is not there.']);
});

test('a command on an empty database, or with none to be reached, says so and makes nothing', async () => {
  await using empty = await makeDatabase({ empty: true });
  const elsewhere = join(folder.path, 'elsewhere');
  const nothing = await runMuster(elsewhere, ['runs'], { env: { MUSTER_DATABASE_URL: empty.url } });
  expect(nothing).toMatchObject({ code: 2, stdout: '' });
  expect(nothing.stderr).toMatch(/no Muster data in the database/);
  const none = await runMuster(elsewhere, ['runs'], {
    env: { MUSTER_DATABASE_URL: 'postgres://muster:a-secret@127.0.0.1:1/muster' },
  });
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^The database did not answer/);
  expect(none.stderr).not.toContain('a-secret');
});

test('two servers on one database: what one writes the other shows at once', async () => {
  const { databaseUrl } = await placeAt(dataDir);
  await using second = await startProcess({
    dataDir: join(folder.path, 'second'),
    env: { MUSTER_DATABASE_URL: databaseUrl! },
  });
  const add = ['account', 'add', 'nora', '--capability', 'view'];
  expect(await runMuster(dataDir, add, { input: 'a good long password\n' })).toMatchObject({ code: 0 });
  const authorization = `Basic ${Buffer.from('nora:a good long password').toString('base64')}`;
  const signIn = (url: string) => fetch(`${url}/api/v1/patrons?pageSize=1`, { headers: { authorization } });
  expect((await signIn(second.url)).status).toBe(200);
  expect((await signIn(server.url)).status).toBe(200);
  expect(await runMuster(dataDir, ['account', 'remove', 'nora'])).toMatchObject({ code: 0 });
  for (const { url } of [second, server]) expect((await signIn(url)).status).toBe(401);
});
