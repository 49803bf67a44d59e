import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { lockSpace } from '../../src/storage/postgres/transaction.ts';
import { asAdmin, asSuperuser, makeDatabase } from '../support/postgres-databases.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { byHand, insertPatrons, newPatron, upTo } from '../support/records.ts';
import { postContacts, seedUsernames, startServer } from '../support/server.ts';

const clock = { now: () => 0 };
const search = { q: 'p1', page: 1, pageSize: 5 };

async function openStorage(url: string, options: { writeWaitMs?: number } = {}) {
  const storage = await PostgresStorage.open({ url, dataDir: '', clock, ...options });
  if (!(await storage.system.findTenant('main'))) {
    await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  }
  return storage;
}

/** Cuts every connection of the program to a database, as a failing network or an administrator would. */
function cutConnections(url: string): Promise<number> {
  return asAdmin(
    async (client) =>
      (
        await client.query(
          `select pg_terminate_backend(pid, 10000) from pg_stat_activity
           where datname = current_database() and application_name = 'muster'`,
        )
      ).rowCount!,
    asSuperuser(url),
  );
}

const unavailable = expect.objectContaining({ code: 'storage-unavailable' }) as Error;

describe('connections that are cut', () => {
  test('while nobody uses them are replaced', async () => {
    await using database = await makeDatabase();
    await using storage = await openStorage(database.url);
    const main = await storage.tenant('main');
    await insertPatrons(main, [newPatron(1)]);
    await main.snapshot((reader) => reader.patrons.count());
    expect(await cutConnections(database.url)).toBeGreaterThan(2);
    expect(await eventually(() => main.read.patrons.count())).toBe(1);
    expect(await eventually(() => main.snapshot((reader) => reader.patrons.count()))).toBe(1);
    await eventually(() => insertPatrons(main, [newPatron(2)]));
    expect(await main.read.patrons.count()).toBe(2);
  });

  test('in the middle of a write, a snapshot or an import: nothing is half done, and the next one is well', async () => {
    await using database = await makeDatabase();
    await using storage = await openStorage(database.url);
    const main = await storage.tenant('main');
    await insertPatrons(main, [newPatron(1)]);
    const writing = main.transact(async (tx) => {
      await tx.patrons.insert([newPatron(2)], byHand);
      await cutConnections(database.url);
      await tx.patrons.count();
    });
    await expect(writing).rejects.toEqual(unavailable);
    const reading = main.snapshot(async (reader) => {
      await cutConnections(database.url);
      await reader.patrons.search(search);
    });
    await expect(reading).rejects.toEqual(unavailable);
    const importing = main.bulkTransact(async (tx) => {
      for (let start = 0; start < 2000; start += 200) {
        if (start === 1000) await cutConnections(database.url);
        await tx.patrons.insert(
          upTo(200).map((n) => newPatron(start + n + 9)),
          byHand,
        );
      }
    });
    await expect(importing).rejects.toEqual(unavailable);
    expect(await eventually(() => main.read.patrons.count())).toBe(1);
    await eventually(() => insertPatrons(main, [newPatron(2), newPatron(3)]));
    expect((await main.read.patrons.search(search)).total).toBe(1);
  });
});

/** Asks again while the pool finds out which of its connections were cut; each one can fail one request. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== 'storage-unavailable' || attempt === 20) throw error;
    }
  }
}

test('two hundred at once wait in a queue and are all answered', async () => {
  await using database = await makeDatabase();
  await using storage = await openStorage(database.url);
  const main = await storage.tenant('main');
  await insertPatrons(
    main,
    upTo(20).map((id) => newPatron(id)),
  );
  const reads = upTo(200).map((n) => main.read.patrons.findById(1 + (n % 20)));
  const snapshots = upTo(200).map(() => main.snapshot((reader) => reader.patrons.count()));
  const writes = upTo(200).map((n) =>
    main.transact(async (tx) => {
      // A write that reads beside itself must not wait for a connection that it keeps from others.
      await main.read.patrons.count();
      await tx.patrons.update([newPatron(1 + (n % 20), { room: `R${n}` })], n);
    }),
  );
  const answers = await Promise.all([...reads, ...snapshots, ...writes]);
  expect(answers).toHaveLength(600);
  const connections = await asAdmin(
    (client) =>
      client.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'muster'`,
      ),
    asSuperuser(database.url),
  );
  expect(connections.rowCount).toBeLessThanOrEqual(20);
});

test('a write that waits too long for another process’s is told so, and holds no connection meanwhile', async () => {
  await using database = await makeDatabase();
  await using first = await openStorage(database.url);
  await using second = await openStorage(database.url, { writeWaitMs: 50 });
  const [main, again] = [await first.tenant('main'), await second.tenant('main')];
  await main.transact(async (tx) => {
    await tx.patrons.insert([newPatron(1)], byHand);
    await expect(again.transact(() => Promise.resolve())).rejects.toMatchObject({ code: 'busy' });
    // Reads go on.
    expect(await again.read.patrons.count()).toBe(0);
  });
  await again.transact((tx) => tx.patrons.count());
});

test('a process that is gone leaves no lock behind', async () => {
  await using database = await makeDatabase();
  await using storage = await openStorage(database.url);
  const main = await storage.tenant('main');
  const gone = new pg.Client({ connectionString: database.url, application_name: 'muster' });
  gone.on('error', () => {});
  await gone.connect();
  await gone.query(`begin; select pg_advisory_xact_lock(${lockSpace}, ${main.tenant.id})`);
  // Its own connection may be among those that are cut while it waits: then it is told so, and asks again.
  await Promise.all([eventually(() => insertPatrons(main, [newPatron(1)])), cutConnections(database.url)]);
  expect(await main.read.patrons.count()).toBe(1);
});

describe('a server that is restarted', () => {
  let server: PostgresServer;
  let url = '';
  beforeAll(async () => {
    // What was confirmed survives the end of the server, though not of the machine.
    server = await startPostgres({ settings: ['synchronous_commit=on'] });
    await asAdmin(async (client) => {
      await client.query(`create role muster login password 'x'; `);
      await client.query('create database muster owner muster');
    }, server.url);
    url = server.url.replace(/\/\/postgres:[^@]+@/, '//muster:x@').replace(/\/postgres$/, '/muster');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('requests meanwhile are refused in words, later ones are well, and an import goes on by itself', async () => {
    await using muster = await startServer({ config: { databaseUrl: url } });
    await seedUsernames(muster, ...upTo(3000).map((n) => `pupil${n}`));
    const csv = `username,type,contact\n${upTo(3000)
      .map((n) => `pupil${n},EMAIL,p${n}@school.example\n`)
      .join('')}`;
    const importing = postContacts(muster, csv);
    while ((await muster.store.read.runs.listUnfinished()).length === 0) await delay(5);
    await server.restart();
    const answer = await importing;
    expect([200, 503]).toContain(answer.status);
    let run = await eventually(() => muster.store.read.runs.findById(2));
    for (; run!.state === 'received' || run!.state === 'running'; await delay(50)) {
      run = await eventually(() => muster.store.read.runs.findById(2));
    }
    expect(run).toMatchObject({ state: 'applied', counts: { created: 3000 } });
    expect(await muster.store.read.contacts.count()).toBe(3000);
  });
});
