import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { EngineSettings } from '../../src/storage/engine.ts';
import { openPlace, placeAt, placeEnv, releaseDatabases } from '../support/engines.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';
import { startProcess } from '../support/process-server.ts';
import { postContacts, seedUsernames, startServer } from '../support/server.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));
const hourMs = 3_600_000;

test('S10 the claim of a process of this host that is gone counts for nothing, however fresh it looks', async () => {
  await using server = await startServer();
  await seedUsernames(server, 'anna');
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'exit');
  const holder = { holder: 'gone', host: hostname(), pid: gone.pid! };
  const { system } = server.context.storage;
  // Its heartbeat lies in the future, so that only its death can set the claim free.
  await system.acquireLease(server.store.tenant.id, 'imports', holder, Date.now() + hourMs, 1, () => false);
  const answer = await postContacts(server, 'username,type,contact\nanna,EMAIL,a@x\n');
  expect(answer.body).toEqual({ success: true, summary: 'Contacts for 1 patrons updated successfully.' });
});

test('S9 a command killed in the middle of its import: the server finishes that and goes on with its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-takeover-'));
  try {
    const dataDir = join(folder, 'data');
    const file = join(folder, 'patrons.csv');
    const usernames = Array.from({ length: 60_000 }, (_, index) => `pupil${index}`);
    await writeFile(file, `username,surname\n${usernames.map((name) => `${name},${name}\n`).join('')}`);
    await using server = await startProcess({ dataDir });
    const place = await placeAt(dataDir);
    await using storage = await openPlace(place, Date);
    const store = await storage.tenant('main');

    {
      await using _ = await holdPatrons(place);
      const command = spawn(process.execPath, [program, 'import', 'patrons', file], {
        stdio: 'ignore',
        env: { PATH: process.env['PATH'], ...(await placeEnv(dataDir)) },
      });
      while ((await store.read.runs.findById(1))?.state !== 'running') await delay(5);
      // A process that stands still is alive, so that its claim counts, but can neither end its run nor renew it.
      command.kill('SIGSTOP');
      expect(await store.read.runs.findById(1)).toMatchObject({ state: 'running', attempt: 1 });
      expect(await store.read.patrons.count()).toBe(0);
      expect(await postponeLeases(place)).toBe(1);
      command.kill('SIGKILL');
      await once(command, 'exit');
    }

    const answer = await postContacts(server, 'username,type,contact\npupil7,EMAIL,a@x\n');
    expect(answer.body).toEqual({ success: true, summary: 'Contacts for 1 patrons updated successfully.' });
    expect(await store.read.runs.findById(1)).toMatchObject({
      state: 'applied',
      attempt: 2,
      counts: { created: usernames.length },
    });
    expect(await store.read.patrons.count()).toBe(usernames.length);
  } finally {
    await releaseDatabases(folder);
    await rm(folder, { recursive: true, force: true });
  }
});

/**
 * Lets nobody write patrons until it is disposed. A server of its own goes on with what it was sent by a process that
 * stands still, which may be all of its import.
 */
async function holdPatrons({ databaseUrl }: EngineSettings): Promise<AsyncDisposable> {
  if (databaseUrl === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const client = new pg.Client({ connectionString: asSuperuser(databaseUrl) });
  await client.connect();
  await client.query('begin; lock table patron in share mode');
  return { [Symbol.asyncDispose]: () => client.end() };
}

/** Makes every claim look as if its holder had renewed it in an hour from now; gives how many there are. */
async function postponeLeases({ dataDir, databaseUrl }: EngineSettings): Promise<number | bigint> {
  const update = `update lease set heartbeat_at = heartbeat_at + ${hourMs}`;
  if (databaseUrl !== undefined) {
    return asAdmin(async (client) => (await client.query(update)).rowCount!, asSuperuser(databaseUrl));
  }
  const system = new DatabaseSync(join(dataDir, 'system.db'));
  try {
    return system.prepare(update).run().changes;
  } finally {
    system.close();
  }
}
