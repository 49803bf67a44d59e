import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeLaterVersion } from '../support/later-version.ts';
import { makeDatabase } from '../support/postgres-databases.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster } from '../support/run-muster.ts';
import { adminAuthorization, postContacts } from '../support/server.ts';

async function importPatrons(server: ProcessServer, ...usernames: readonly string[]): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/imports?kind=patrons`, {
    method: 'POST',
    body: `username\n${usernames.join('\n')}\n`,
    headers: { authorization: adminAuthorization, 'content-type': 'text/csv' },
  });
  const run = (await response.json()) as { state: string; detail?: string };
  return run.detail ?? run.state;
}

test('a server goes on beside one of the next version, and is refused with advice only when it starts again', async () => {
  await using folder = await makeFolder();
  await using later = await makeLaterVersion();
  // Its own, since its schema will be like that of no other test.
  await using database = await makeDatabase({ empty: true });
  const env = { MUSTER_DATABASE_URL: database.url };
  const dataDir = join(folder.path, 'now');
  await using now = await startProcess({ dataDir, env });
  await using next = await startProcess({
    dataDir: join(folder.path, 'next'),
    program: later.program,
    env,
  });

  // So many at once that threads are started which were not there before.
  const several = ['anna', 'alan', 'asta', 'axel'].map((username) => importPatrons(now, username));
  expect(await Promise.all(several)).toEqual(several.map(() => 'applied'));
  expect(await importPatrons(next, 'ben')).toBe('applied');
  for (const [server, username] of [
    [now, 'ben'],
    [next, 'anna'],
  ] as const) {
    const csv = `username,type,contact\n${username},EMAIL,${username}@school.example\n`;
    expect((await postContacts(server, csv)).body).toMatchObject({ success: true });
    const path = `${server.url}/api/v1/patrons/${username}`;
    const read = await fetch(path, { headers: { authorization: adminAuthorization } });
    expect(await read.json()).toMatchObject({ username, email: `${username}@school.example` });
  }

  expect(await now.kill('SIGTERM')).toBe(0);
  const again = await runMuster(dataDir, ['serve'], { env: { ...env, MUSTER_PORT: '0' } });
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toMatch(/newer Muster.*9998.*Start the newer program, or restore a backup/);
  expect(await importPatrons(next, 'carl')).toBe('applied');
});
