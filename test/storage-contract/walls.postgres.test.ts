import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { listTables, outsideTables } from '../../src/storage/postgres/migrate.ts';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { asked } from '../support/asked.ts';
import { engines } from '../support/engines.ts';
import { asAdmin, asSuperuser, makeDatabase } from '../support/postgres-databases.ts';
import { insertPatrons, newPatron } from '../support/records.ts';
import { walkStores } from '../support/walk-stores.ts';

const [{ open }] = engines as [(typeof engines)[0]];
const clock = { now: () => 0 };

/** Everything of the tables behind the wall that a connection sees, as `table: rows`. */
async function seen(client: pg.ClientBase): Promise<string[]> {
  const counts: string[] = [];
  for (const table of listTables()) {
    if (outsideTables.includes(table)) continue;
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    if (rows[0]!.n > 0) counts.push(`${table}: ${rows[0]!.n}`);
  }
  return counts;
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test('a statement that names no tenant sees and changes the rows of the tenant that is set, and of nobody else', async () => {
  await using opened = await open();
  await insertPatrons(opened.main, [newPatron(1, { surname: 'Main' }), newPatron(2)]);
  await insertPatrons(opened.other, [newPatron(1, { surname: 'Other' })]);
  await onConnection(opened.place.databaseUrl!, async (client) => {
    expect(await seen(client)).toEqual([]);
    await client.query(`begin; select set_config('muster.tenant_id', '2', true)`);
    expect((await client.query('select surname from patron')).rows).toEqual([{ surname: 'Other' }]);
    expect((await client.query(`update patron set surname = 'Changed'`)).rowCount).toBe(1);
    expect((await client.query('delete from patron_search')).rowCount).toBe(1);
    await client.query('commit');
    expect(await seen(client)).toEqual([]);
    expect((await client.query('delete from patron')).rowCount).toBe(0);
  });
  expect((await opened.main.read.patrons.listAfter(0, 9)).map(({ surname }) => surname)).toEqual([
    'Main',
    '',
  ]);
  expect((await opened.other.read.patrons.findById(1))?.surname).toBe('Changed');
});

test('nothing can be written for another tenant than the one that is set', async () => {
  await using opened = await open();
  await onConnection(opened.place.databaseUrl!, async (client) => {
    await client.query(`begin; select set_config('muster.tenant_id', '2', true)`);
    const insert = `insert into setting (tenant_id, name, value) values (1, 'bccDefault', '"TRUE"')`;
    await expect(client.query(insert)).rejects.toThrow(/row-level security/);
  });
});

test('a connection that served another tenant before shows nothing of it', async () => {
  await using database = await makeDatabase();
  await using storage = await PostgresStorage.open({
    url: database.url,
    dataDir: '',
    clock,
    poolSizes: { shared: 1, reads: 1, searches: 1, snapshots: 1, writes: 1 },
  });
  for (const slug of ['one', 'two']) await storage.createTenant({ slug, name: slug, zone: 'UTC' }, []);
  const one = await storage.tenant('one');
  const two = await storage.tenant('two');
  await one.transact((tx) => walkStores(tx));
  await insertPatrons(one, [newPatron(31, { surname: 'One' })]);
  // Each pool has one connection, which serves both in turn.
  for (const store of [two, one, two]) {
    const found = { q: 'one', page: 1, pageSize: 5 };
    const expected = store === one ? 1 : 0;
    expect((await store.read.patrons.search(found)).total).toBe(expected);
    expect(await store.snapshot(async (reader) => (await reader.patrons.search(found)).total)).toBe(expected);
    expect(await store.transact(async (tx) => (await tx.patrons.search(found)).total)).toBe(expected);
  }
  const connections = await asAdmin(
    async (client) =>
      (
        await client.query(
          `select from pg_stat_activity where datname = current_database() and application_name = 'muster'`,
        )
      ).rowCount,
    database.adminUrl,
  );
  expect(connections).toBe(5);
});

test('a statement that went wrong leaves its connection without a tenant', async () => {
  await using opened = await open();
  await insertPatrons(opened.main, [newPatron(1)]);
  const failing = opened.main.transact(async (tx) => {
    await tx.patrons.findById(1);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  await expect(opened.main.snapshot(() => Promise.reject(new Error('on purpose')))).rejects.toThrow(
    'on purpose',
  );
  expect(await opened.other.read.patrons.count()).toBe(0);
  expect(await opened.other.snapshot((reader) => reader.patrons.count())).toBe(0);
  expect(await opened.other.transact((tx) => tx.patrons.count())).toBe(0);
});

test('a superuser steps down, so that the wall holds for it as well', async () => {
  await using database = await makeDatabase({ empty: true });
  await using storage = await PostgresStorage.open({ url: database.adminUrl, dataDir: '', clock });
  for (const slug of ['one', 'two']) await storage.createTenant({ slug, name: slug, zone: 'UTC' }, []);
  const one = await storage.tenant('one');
  await one.transact((tx) => walkStores(tx));
  await one.bulkTransact((tx) =>
    tx.patrons.insert(
      Array.from({ length: 300 }, (_, n) => newPatron(n + 40)),
      { createdRun: null, createdAt: 1 },
    ),
  );
  const two = await storage.tenant('two');
  expect(await two.read.patrons.count()).toBe(0);
  await asAdmin(async (client) => {
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'muster'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    // As itself it would see everything.
    expect((await seen(client)).length).toBeGreaterThan(0);
    await client.query('set role muster_app');
    expect(await seen(client)).toEqual([]);
  }, database.adminUrl);
  await one.scrub();
});

/** A login of its own for one test, in a database that belongs to somebody else. */
async function withLogin(
  options: string,
  work: (url: string, admin: pg.Client) => Promise<void>,
): Promise<void> {
  await using database = await makeDatabase({ empty: true });
  const login = `muster_test_${randomUUID().slice(0, 8)}`;
  await asAdmin(async (admin) => {
    await admin.query(`create role ${login} login password 'x' ${options}`);
    try {
      const url = new URL(database.url);
      url.username = login;
      url.password = 'x';
      await work(url.href, admin);
    } finally {
      await admin.query(`drop owned by ${login} cascade`);
      await admin.query(`drop role ${login}`);
    }
  }, asSuperuser(database.url));
}

const refused = (url: string) =>
  PostgresStorage.open({ url, dataDir: '', clock }).then(
    async (storage) => {
      await storage[Symbol.asyncDispose]();
      return 'opened';
    },
    (error: unknown) => `${(error as { code?: string }).code}: ${(error as Error).message}`,
  );

test('a login with BYPASSRLS that may not step down is refused with what to do', async () => {
  await withLogin('bypassrls', async (url, admin) => {
    await admin.query('grant all on schema public to public');
    expect(await refused(url)).toMatch(/^forbidden: .*BYPASSRLS.*muster_app.*CREATE ROLE muster LOGIN/s);
  });
});

test('a login that may not make extensions or tables is told which rights it lacks', async () => {
  await withLogin('', async (url, admin) => {
    expect(await refused(url)).toMatch(/^forbidden: .*pg_trgm.*CREATE EXTENSION/s);
    await admin.query('create extension pg_trgm; create extension btree_gin');
    expect(await refused(url)).toMatch(/^forbidden: .*lacks rights.*schema public/s);
    await admin.query('grant create on schema public to public');
    expect(await refused(url)).toBe('opened');
  });
});

test('a wrong password, a database that is not there and a server that is not there are told apart', async () => {
  await using database = await makeDatabase({ empty: true });
  const changed = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return refused(url.href);
  };
  const wrong = await changed((url) => (url.password = 'a-secret-guess'));
  expect(wrong).toMatch(/^bad-request: .*refuses the login/);
  expect(wrong).not.toContain('a-secret-guess');
  expect(await changed((url) => (url.pathname = '/no_such_database'))).toMatch(
    /^bad-request: .*not there.*CREATE DATABASE/,
  );
  expect(await changed((url) => (url.port = '1'))).toMatch(/^storage-unavailable: /);
});

/** Statements that need not name the tenant, and why. */
const exempt: readonly { readonly statement: RegExp; readonly why: string }[] = [
  { statement: /^(?:begin|commit|rollback|set tcp_\w+ =)/, why: 'they touch no row' },
  {
    statement: /^select gin_clean_pending_list\(/,
    why: 'it sorts an index, whenever two seconds have passed',
  },
];
const namesTenant = /"?tenant_id"? = (?:\$\d|staged\."tenant_id")|^\s*insert into \S+ \("?tenant_id"?/;

test('every statement of the stores names the tenant', async () => {
  await using opened = await open();
  const statements = await asked(async () => {
    await opened.main.transact((tx) => walkStores(tx));
    await insertPatrons(
      opened.main,
      Array.from({ length: 3000 }, (_, n) => newPatron(n + 31)),
    );
    await opened.main.read.patrons.search({ q: 'p', page: 1, pageSize: 5 });
    await opened.main.catchUpSearch(10);
  });
  const texts = [...new Set(statements.map(({ text }) => text))];
  expect(texts.length).toBeGreaterThan(50);
  expect(
    texts.filter((text) => !namesTenant.test(text) && !exempt.some(({ statement }) => statement.test(text))),
  ).toEqual([]);
});

const ofSlice = ['muster.search_slice', 'muster.search_in', 'muster.search_in_and'];
const firstSlice = String(2 ** 24);

test.each([
  ['a word', 'person4321', ['%person4321%', '', '']],
  ['two words', 'person4321 teacher', ['%person4321%', '%teacher%', '']],
  ['two letters', 'zq', ['%zq', '', 'zq[\\u0001-\\u007f]']],
  ['a word in a slice', 'person4321', ['qzqzq', '', '', firstSlice, '%person4321%']],
  ['two words in a slice', 'person4321 teacher', ['qzqzq', '', '', firstSlice, '%person4321%', '%teacher%']],
])('a search for %s goes through its index, though the wall stands before it', async (_, q, settings) => {
  await using opened = await open();
  await insertPatrons(
    opened.main,
    Array.from({ length: 5000 }, (_, n) => newPatron(n + 1, { surname: `Person${n}`, role: 'TEACHER' })),
  );
  while ((await opened.main.catchUpSearch(1000)) > 0);
  const statements = await asked(() => opened.main.read.patrons.search({ q, page: 1, pageSize: 5 }));
  const search = statements.find(({ text }) => text.includes('patron_search as found'))!;
  await asAdmin((client) => client.query('analyze'), asSuperuser(opened.place.databaseUrl!));
  await onConnection(opened.place.databaseUrl!, async (client) => {
    await client.query(`begin; select set_config('muster.tenant_id', '1', true)`);
    const names = ['muster.search', 'muster.search_and', 'muster.search_pair', ...ofSlice];
    for (const [index, name] of names.entries()) {
      await client.query('select set_config($1, $2, true)', [name, settings[index] ?? '']);
    }
    // So few rows are found as quickly by their tenant; what is asked is whether the trigrams can serve. Nothing of
    // this is committed.
    await client.query('alter table patron_search drop constraint patron_search_pkey');
    await client.query('set local enable_seqscan = off');
    const { rows } = await client.query(`explain analyze ${search.text}`, search.values);
    const plan = rows.map((row: { 'QUERY PLAN': string }) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Bitmap Index Scan on patron_search_text');
    // The index narrows it down: next to nothing is read and left out again.
    expect(Number(/Rows Removed by (?:Filter|Index Recheck): (\d+)/.exec(plan)?.[1] ?? 0)).toBeLessThan(100);
  });
});
