import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts';
import { listMigrations, migrate, type DatabaseKind } from '../../src/storage/sqlite/migrate.ts';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';
import { expectLookup, patronsBeforeLookup } from './before-lookup.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kinds: readonly DatabaseKind[] = ['system', 'tenant'];

function migrated(kind: DatabaseKind): SqliteConnection {
  const connection = new SqliteConnection(join(folder, `${kind}.db`), { busyTimeoutMs: 0 });
  migrate(connection, kind, 1);
  return connection;
}

/** Everything a database file declares, in an order of its own; tables that FTS5 makes for itself left out. */
function schemaOf(connection: SqliteConnection): string {
  const objects = connection.all<{ sql: string }>(
    `select sql from sqlite_schema where sql is not null and name not like '%\\_search\\_%' escape '\\' order by name`,
  );
  return objects.map(({ sql }) => `${sql};\n`).join('\n');
}

test.each(kinds)('a fresh %s database has the schema that is written down', async (kind) => {
  using connection = migrated(kind);
  await expect(schemaOf(connection)).toMatchFileSnapshot(`./sqlite-${kind}.schema.sql`);
});

test.each(kinds)('a %s database that is up to date is left as it is', (kind) => {
  const first = migrated(kind);
  const before = [schemaOf(first), first.all('select * from schema_migration')];
  first[Symbol.dispose]();
  using again = new SqliteConnection(join(folder, `${kind}.db`), { busyTimeoutMs: 0 });
  migrate(again, kind, 2);
  expect([schemaOf(again), again.all('select * from schema_migration')]).toEqual(before);
  expect(again.all('select number from schema_migration order by number')).toEqual(
    listMigrations()
      .filter(({ database }) => database === kind)
      .map(({ number }) => ({ number })),
  );
});

test('every table is strict, and every key of a tenant’s table leads with the tenant', () => {
  using connection = migrated('tenant');
  const tables = connection.all<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema
     where type = 'table' and name not in ('schema_migration', 'sqlite_stat1') and name not like '%\\_search%' escape '\\'`,
  );
  expect(tables.length).toBeGreaterThan(8);
  for (const { name, sql } of tables) {
    expect(sql, name).toMatch(/STRICT/);
    const indexes = connection.all<{ name: string }>(`select name from pragma_index_list('${name}')`);
    for (const index of indexes) {
      const columns = connection.all<{ name: string }>(`select name from pragma_index_info('${index.name}')`);
      expect(columns[0]?.name, index.name).toBe('tenant_id');
    }
  }
});

test('migrations are numbered without gaps or repeats', () => {
  const numbers = listMigrations().map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

test('data of a newer Muster is refused with advice, and left as it is', async () => {
  migrated('system')[Symbol.dispose]();
  const database = new DatabaseSync(join(folder, 'system.db'));
  database.exec("insert into schema_migration (number, name, applied_at) values (9999, 'later', 0)");
  database.close();
  const open = () => SqliteStorage.open({ dataDir: folder, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  expect(open).toThrow(
    expect.objectContaining({
      code: 'conflict',
      message: expect.stringMatching(
        /newer Muster.*9999.*Start the newer program, or restore a backup/,
      ) as string,
    }) as Error,
  );
  using connection = new SqliteConnection(join(folder, 'system.db'), { busyTimeoutMs: 0 });
  expect(connection.all('select max(number) as newest from schema_migration')).toEqual([{ newest: 9999 }]);
});

test('a migration that breaks leaves nothing of itself', () => {
  using connection = new SqliteConnection(join(folder, 'system.db'), { busyTimeoutMs: 0 });
  // A table of a name that the first migration wants to make.
  connection.exec('create table lease (x)');
  expect(() => migrate(connection, 'system', 1)).toThrow(/already exists/);
  expect(connection.all("select name from sqlite_schema where type = 'table'")).toEqual([{ name: 'lease' }]);
});

test('patrons that were stored before they could be looked up are looked up as the others', async () => {
  {
    await using storage = SqliteStorage.open({ dataDir: folder, clock: { now: () => 0 }, busyTimeoutMs: 0 });
    await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  }
  rmSync(join(folder, 'tenants'), { recursive: true });
  mkdirSync(join(folder, 'tenants'));
  const database = new DatabaseSync(join(folder, 'tenants', 'main.db'));
  database.exec(
    'create table schema_migration (number integer primary key, name text, applied_at integer) strict',
  );
  for (const { number, database: kind, text } of listMigrations()) {
    if (kind !== 'tenant' || number > 4) continue;
    database.exec(text);
    database.exec(`insert into schema_migration values (${number}, '', 0)`);
  }
  for (const text of patronsBeforeLookup) database.exec(text);
  database.close();
  await using storage = SqliteStorage.open({ dataDir: folder, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  const store = await storage.tenant('main');
  await expectLookup(store);
  expect(await store.read.lookup.listContaining(['7b', 'first@'], { afterId: 0, limit: 5 })).toEqual([1]);
});

test('twenty processes may start on one empty directory at once', async () => {
  const script = fileURLToPath(new URL('./opener.ts', import.meta.url));
  const openers = Array.from({ length: 20 }, () => fork(script));
  await Promise.all(openers.map((opener) => once(opener, 'message')));
  const answers = openers.map(async (opener) => {
    const [answer] = (await once(opener, 'message')) as [unknown];
    return answer;
  });
  for (const opener of openers) opener.send({ dataDir: folder });
  expect(await Promise.all(answers)).toEqual(openers.map(() => ({ tenants: 1 })));
  for (const opener of openers) opener.kill();

  const tenants = readdirSync(join(folder, 'tenants')).filter((name) => name.endsWith('.db'));
  expect(tenants).toEqual(['main.db']);
  using connection = new SqliteConnection(join(folder, 'tenants', 'main.db'), { busyTimeoutMs: 0 });
  expect(connection.all("select next_id from id_sequence where name = 'patron'")).toEqual([{ next_id: 21 }]);
  expect(connection.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const ofTenants = listMigrations().filter(({ database }) => database === 'tenant');
  expect(connection.all('select number from schema_migration')).toHaveLength(ofTenants.length);
});
