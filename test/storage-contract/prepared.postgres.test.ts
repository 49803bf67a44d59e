import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantReader, TenantStore } from '../../src/ports/tenant-store.ts';
import { listTables } from '../../src/storage/postgres/migrate.ts';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { asAdmin, makeDatabase, type TestDatabase } from '../support/postgres-databases.ts';
import { addContacts } from '../support/contact-lists.ts';
import { byHand, insertPatrons, newContact, newPatron } from '../support/records.ts';
import { walkStores } from '../support/walk-stores.ts';

interface Prepared {
  readonly name: string;
  readonly statement: string;
  readonly planned: number;
  readonly runs: number;
}

/** A storage with one connection of each kind, two tenants on it, and what its connections keep prepared. */
async function openNarrow(): Promise<
  { storage: Storage; one: TenantStore; two: TenantStore; database: TestDatabase } & AsyncDisposable & {
      /** All that were ever asked. */
      clients(): Set<pg.Client>;
      prepared(): Promise<Prepared[][]>;
    }
> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  onTestFinished(() => query.mockRestore());
  const database = await makeDatabase();
  const storage = await PostgresStorage.open({
    url: database.url,
    dataDir: '',
    clock: { now: () => 0 },
    poolSizes: { shared: 1, reads: 1, searches: 1, snapshots: 1, writes: 1 },
  });
  for (const slug of ['one', 'two']) await storage.createTenant({ slug, name: slug, zone: 'UTC' }, []);
  const clients = () => new Set(query.mock.contexts as unknown as pg.Client[]);
  return {
    storage,
    database,
    clients,
    one: await storage.tenant('one'),
    two: await storage.tenant('two'),
    async prepared() {
      const lists: Prepared[][] = [];
      for (const client of clients()) {
        const asked = client.query<Prepared>(
          `select name, statement, generic_plans::int as planned, (generic_plans + custom_plans)::int as runs
           from pg_prepared_statements`,
        );
        // Those that have been closed meanwhile keep nothing.
        const rows = await asked.then((answer) => answer.rows).catch(() => []);
        if (rows.length > 0) lists.push(rows);
      }
      return lists;
    },
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The two ways to read: each statement by itself, and several in one picture. */
const ways: readonly (readonly [
  string,
  <T>(store: TenantStore, ask: (reader: TenantReader) => Promise<T>) => Promise<T>,
])[] = [
  ['by itself', (store, ask) => ask(store.read)],
  ['in a picture', (store, ask) => store.snapshot(ask)],
];

test.each(ways)(
  'a fixed question asked %s is prepared once a connection and planned once for every tenant, of which each sees its own',
  async (_, way) => {
    await using narrow = await openNarrow();
    const { one, two } = narrow;
    await insertPatrons(one, [
      newPatron(1, { username: 'same', surname: 'One' }),
      newPatron(2, { username: 'only' }),
    ]);
    await insertPatrons(two, [newPatron(1, { username: 'same', surname: 'Two' })]);
    for (let again = 0; again < 10; again++) {
      for (const [store, surname, only] of [
        [one, 'One', 2],
        [two, 'Two', undefined],
      ] as const) {
        const ask = (username: string) =>
          way(store, (reader) => reader.patrons.findByKey('username', username));
        expect((await ask('same'))?.surname).toBe(surname);
        expect((await ask('only'))?.id).toBe(only);
      }
    }
    const lists = (await narrow.prepared()).map((list) =>
      list.filter(({ statement }) => statement.endsWith('"username_key" = $2')),
    );
    const [only] = lists.flat();
    expect(lists.flat()).toHaveLength(1);
    expect(only!.runs).toBe(40);
    // The server tries out the first five by themselves.
    expect(only!.planned).toBe(35);
  },
);

test('a column that a newer program adds beside this one breaks no prepared statement', async () => {
  await using narrow = await openNarrow();
  await narrow.one.transact((tx) => walkStores(tx));
  const statements = (await narrow.prepared()).flat().map(({ statement }) => statement);
  expect(statements.length).toBeGreaterThan(10);
  await asAdmin(async (client) => {
    for (const table of listTables()) await client.query(`alter table ${table} add column later text`);
  }, narrow.database.adminUrl);
  await narrow.two.transact((tx) => walkStores(tx));
  expect((await narrow.storage.tenant('two')).tenant.slug).toBe('two');
});

/** Takes away what a connection keeps prepared behind its back, as a pooler does that mixes sessions. */
async function forgetAll(clients: Iterable<pg.Client>): Promise<void> {
  for (const client of clients) await client.query('deallocate all').catch(() => undefined);
}

test('where a connection has lost what it kept prepared, reads and searches are answered all the same, and a picture from the next one on', async () => {
  await using narrow = await openNarrow();
  const { one } = narrow;
  await insertPatrons(one, [newPatron(1, { username: 'somebody' })]);
  const ask = (reader: TenantReader) => reader.patrons.findByKey('username', 'somebody');
  const search = () => one.read.lookup.listContaining(['somebody'], { afterId: 0, limit: 9 });
  await ask(one.read);
  await one.snapshot(ask);
  expect(await search()).toEqual([1]);
  await forgetAll(narrow.clients());
  expect((await ask(one.read))?.id).toBe(1);
  expect(await search()).toEqual([1]);
  await expect(one.snapshot(ask)).rejects.toThrow(/prepared statement/);
  expect((await one.snapshot(ask))?.id).toBe(1);
  expect((await ask(one.read))?.id).toBe(1);
});

test('reads of two tenants at once over one connection: each sees its own, and one that finds nothing holds up nobody', async () => {
  await using narrow = await openNarrow();
  const { one, two } = narrow;
  await insertPatrons(one, [newPatron(1, { username: 'same', surname: 'One' })]);
  await insertPatrons(two, [newPatron(1, { username: 'same', surname: 'Two' })]);
  const asked = Array.from({ length: 60 }, (_, n) => ({
    store: n % 2 === 0 ? one : two,
    username: n % 3 === 0 ? 'nobody' : 'same',
  }));
  const found = await Promise.all(
    asked.map(({ store, username }) => store.read.patrons.findByKey('username', username)),
  );
  expect(found.map((patron) => patron?.surname)).toEqual(
    asked.map(({ store, username }) => (username === 'nobody' ? undefined : store === one ? 'One' : 'Two')),
  );
});

test('a shared connection that is cut fails those who read on it, and the next read has another', async () => {
  await using narrow = await openNarrow();
  const { one } = narrow;
  await insertPatrons(one, [newPatron(1, { username: 'somebody' })]);
  const ask = () => one.read.patrons.findByKey('username', 'somebody');
  await ask();
  await asAdmin(async (client) => {
    await client.query('begin; lock table patron');
    const waiting = Promise.allSettled([ask(), ask(), ask()]);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'muster'`,
    );
    for (const answer of await waiting) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'storage-unavailable' } });
    }
    await client.query('rollback');
  }, narrow.database.adminUrl);
  expect((await ask())?.id).toBe(1);
});

test('a large write has the planner look at once how much there is, since what is kept prepared is planned by that', async () => {
  await using database = await makeDatabase();
  {
    await using storage = await PostgresStorage.open({
      url: database.url,
      dataDir: '',
      clock: { now: () => 0 },
    });
    await storage.createTenant({ slug: 'one', name: 'one', zone: 'UTC' }, []);
    const one = await storage.tenant('one');
    const patrons = Array.from({ length: 20_000 }, (_, n) => newPatron(n + 1));
    await one.bulkTransact(async (tx) => {
      await tx.patrons.insert(patrons, { createdRun: null, createdAt: 0 });
      await addContacts(
        tx,
        patrons.map(({ id }) => newContact(id, id)),
        byHand,
      );
    });
    // The answer does not wait for that; the end of the storage does.
  }
  const known = await asAdmin(
    (client) =>
      client.query<{ name: string; rows: number; keys: number }>(
        `select relname as name, reltuples::int as rows,
           (select n_distinct from pg_stats where tablename = relname and attname in ('username_key', 'email_key')) as keys
         from pg_class where relname in ('patron', 'contact_list') order by relname`,
      ),
    database.adminUrl,
  );
  // Each key is known to be another one.
  expect(known.rows).toEqual([
    { name: 'contact_list', rows: 20_000, keys: -1 },
    { name: 'patron', rows: 20_000, keys: -1 },
  ]);
});
