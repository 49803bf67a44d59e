import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listMigrations, listTables, migrate, outsideTables } from '../../src/storage/postgres/migrate.ts';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts';
import {
  listMigrations as listSqliteMigrations,
  migrate as migrateSqlite,
  type DatabaseKind,
} from '../../src/storage/sqlite/migrate.ts';
import { asAdmin, makeDatabase, type TestDatabase } from '../support/postgres-databases.ts';
import { expectLookup, patronsBeforeLookup } from './before-lookup.ts';

let folder = '';
let database: TestDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-migrations-'));
  database = await makeDatabase({ empty: true });
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

const open = () => PostgresStorage.open({ url: database.url, dataDir: folder, clock: { now: () => 0 } });
const openAndClose = async () => (await open())[Symbol.asyncDispose]();

function ask<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
  return asAdmin(async (client) => (await client.query<T>(text, values)).rows, database.adminUrl);
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
}

const columnsText = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as required,
    coalesce(l.collname, '') as collation
  from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_collation l on l.oid = a.attcollation
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  order by c.relname, a.attnum`;

/** Tables that only one of the engines has, since each searches in its own way. */
const ownTables = new Set(['patron_search', 'search_pending', 'search_pending_range', 'schema_migration']);

const typesOnSqlite: Readonly<Record<string, string>> = { bigint: 'INTEGER', text: 'TEXT', bytea: 'BLOB' };

function sqliteColumns(kind: DatabaseKind): Column[] {
  using connection = new SqliteConnection(join(folder, `${kind}.db`), { busyTimeoutMs: 0 });
  migrateSqlite(connection, kind, 1);
  const tables = connection.all<{ name: string }>(
    `select name from sqlite_schema where type = 'table' and name not like 'sqlite%' and name not like '%\\_search%' escape '\\'`,
  );
  return tables.flatMap(({ name }) =>
    connection
      .all<{ name: string; type: string; notnull: number; pk: number }>(`pragma table_info("${name}")`)
      // A key column of SQLite that is the row id itself says nothing of NULL and never is.
      .map((column) => ({
        table: name,
        column: column.name,
        type: column.type,
        required: column.notnull === 1 || column.pk > 0,
      })),
  );
}

test('both engines have the same tables with the same columns', async () => {
  await openAndClose();
  const columns = await ask<Column & { collation: string }>(columnsText);
  const here = columns.filter(({ table }) => !ownTables.has(table));
  const there = [...sqliteColumns('system'), ...sqliteColumns('tenant')].filter(
    ({ table }) => !ownTables.has(table),
  );
  const inOrder = (all: Column[]) =>
    all.map(({ table, column, type, required }) => `${table}.${column} ${type} ${required}`).sort();
  expect(inOrder(here.map((one) => ({ ...one, type: typesOnSqlite[one.type] ?? one.type })))).toEqual(
    inOrder(there),
  );
  expect(here.length).toBeGreaterThan(80);
  // Texts compare and sort alike.
  expect(here.filter(({ type, collation }) => type === 'text' && collation !== 'C')).toEqual([]);
});

const keysText = `
  select i.relname as index, pg_get_indexdef(i.oid, 1, false) as first
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any ($1)`;

/** A slice of a tenant: its number is that of the tenant with that of the slice behind it. */
const slice = '(((tenant_id << 24) | (patron_id >> 16)))';

test('every table of tenants leads its keys with the tenant and is behind a wall that binds its owner', async () => {
  await openAndClose();
  const tables = await ask<{ name: string; walled: boolean }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity
       and (select count(*) from pg_policy p where p.polrelid = c.oid
            and pg_get_expr(coalesce(p.polqual, p.polwithcheck), c.oid) like '%tenant_id = %muster.tenant_id%') > 0 as walled
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  // Written out, so that a table that lost its wall is not simply counted among these.
  const outside = [
    'api_client',
    'api_credential',
    'api_session',
    'lease',
    'one_time_code',
    'schema_migration',
    'spent_renew_token',
    'tenant',
    'tenant_host',
  ];
  expect(
    tables
      .filter(({ walled }) => !walled)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(outside);
  const inside = tables.filter(({ walled }) => walled).map(({ name }) => name);
  expect(inside.length).toBeGreaterThan(10);
  expect([...outsideTables, 'schema_migration'].sort()).toEqual(outside);
  expect(listTables().toSorted()).toEqual([...inside, ...outsideTables].sort());
  const keys = await ask<{ index: string; first: string }>(keysText, [inside]);
  expect(keys.length).toBeGreaterThan(15);
  for (const { index, first } of keys) {
    expect([index, first]).toEqual([index, index === 'patron_search_text' ? slice : 'tenant_id']);
  }
});

const schemaText = `
  select 'column' as kind, table_name || '.' || column_name as name, data_type as form from information_schema.columns where table_schema = 'public'
  union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
  union all select 'policy', tablename || '.' || policyname, coalesce(qual, with_check) from pg_policies where schemaname = 'public'
  union all select 'migration', number::text, name || applied_at from schema_migration
  order by 1, 2`;

test('a database that is up to date is left as it is', async () => {
  await openAndClose();
  const before = await ask(schemaText);
  await openAndClose();
  expect(await ask(schemaText)).toEqual(before);
  const numbers = listMigrations().map(({ number }) => number);
  expect(await ask('select number::int from schema_migration order by number')).toEqual(
    numbers.map((number) => ({ number })),
  );
});

test('migrations go in pairs with those of the embedded engine', () => {
  const names = (all: { number: number; name: string }[]) =>
    all.map(({ number, name }) => `${number} ${name}`);
  expect(names(listMigrations())).toEqual(names(listSqliteMigrations()));
});

test('data of a newer Muster is refused with advice, and left as it is', async () => {
  await openAndClose();
  await ask(`insert into schema_migration (number, name, applied_at) values (9999, 'later', 0)`);
  await expect(open()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(
      /newer Muster.*9999.*Start the newer program, or restore a backup/,
    ) as string,
  });
  expect(await ask('select max(number)::int as newest from schema_migration')).toEqual([{ newest: 9999 }]);
});

test('a migration that breaks leaves nothing of itself', async () => {
  // A table of a name that the first migration wants to make.
  await asAdmin(async (client) => {
    await client.query('create table lease (x int)');
    await expect(migrateWithin(client)).rejects.toThrow(/already exists/);
  }, database.adminUrl);
  await expect(open()).rejects.toThrow(/already exists/);
  expect(await ask(`select tablename as name from pg_tables where schemaname = 'public'`)).toEqual([
    { name: 'lease' },
  ]);
});

async function migrateWithin(client: pg.Client): Promise<void> {
  await client.query('begin');
  try {
    await migrate(client, 1);
  } finally {
    await client.query('rollback');
  }
}

test('patrons that were stored before they could be looked up are looked up as the others', async () => {
  // By the login that owns the tables and whom their policies bind.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('create extension pg_trgm; create extension btree_gin');
  await client.query(
    'create table schema_migration (number bigint primary key, name text not null, applied_at bigint not null)',
  );
  for (const { number, text } of listMigrations().filter((migration) => migration.number <= 4)) {
    await client.query(text);
    await client.query('insert into schema_migration values ($1, $2, 0)', [number, '']);
  }
  await client.query(`insert into tenant values (1, 'main', 'Main', 'UTC', 0)`);
  await client.query(`select set_config('muster.tenant_id', '1', false)`);
  for (const text of patronsBeforeLookup) await client.query(text);
  await client.end();
  await using storage = await open();
  const store = await storage.tenant('main');
  await expectLookup(store);
  expect(store.tenant.name).toBe('Main');
});

test('twenty processes may start on one empty database at once', async () => {
  const script = fileURLToPath(new URL('./opener.ts', import.meta.url));
  const openers = Array.from({ length: 20 }, () => fork(script));
  await Promise.all(openers.map((opener) => once(opener, 'message')));
  const answers = openers.map(async (opener) => {
    const [answer] = (await once(opener, 'message')) as [unknown];
    return answer;
  });
  for (const opener of openers) opener.send({ dataDir: folder, databaseUrl: database.url });
  expect(await Promise.all(answers)).toEqual(openers.map(() => ({ tenants: 1 })));
  for (const opener of openers) opener.kill();
  expect(await ask(`select next_id::int from id_sequence where name = 'patron'`)).toEqual([{ next_id: 21 }]);
  expect(await ask('select from schema_migration')).toHaveLength(listMigrations().length);
});
