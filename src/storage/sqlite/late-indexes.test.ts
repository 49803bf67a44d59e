import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newPatron } from '../../../test/support/records.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { SqliteConnection } from './connection.ts';
import { LateIndexes } from './late-indexes.ts';
import { SqliteStorage } from './sqlite-storage.ts';

let dataDir = '';
let storage: SqliteStorage;
let store: TenantStore;
/** A look from outside at what is committed. */
let outside: SqliteConnection;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'muster-late-'));
  storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  store = await storage.tenant('main');
  outside = new SqliteConnection(join(dataDir, 'tenants', 'main.db'), { busyTimeoutMs: 0 });
});
afterEach(async () => {
  outside[Symbol.dispose]();
  await storage[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const byHand = { createdRun: null, createdAt: 0 };

/** All indexes and what the planner thinks of them. */
function indexesOf(connection: SqliteConnection) {
  const indexes = connection.all<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'index' and sql is not null order by name`,
  );
  const stats = connection.all('select tbl, idx, stat from sqlite_stat1 order by tbl, idx');
  return { indexes, stats };
}

function planOf(connection: SqliteConnection, sql: string): string {
  return connection
    .all<{ detail: string }>(`explain query plan ${sql}`)
    .map(({ detail }) => detail)
    .join('\n');
}

const byName = `select id from patron where tenant_id = 1 and name_key = 'ann lee'`;

test('after a bulk transaction every index is there as before, with what the planner thinks of it, and is whole', async () => {
  const before = indexesOf(outside);
  expect(before.indexes.map(({ name }) => name)).toContain('patron_name');
  await store.bulkTransact((tx) =>
    tx.patrons.insert(
      Array.from({ length: 60 }, (_, index) => newPatron(index + 1, { surname: `Surname${index % 7}` })),
      byHand,
    ),
  );
  expect(indexesOf(outside)).toEqual(before);
  expect(outside.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(planOf(outside, byName)).toContain('patron_name');
});

test('a bulk transaction that fails leaves every index', async () => {
  const before = indexesOf(outside);
  const failing = store.bulkTransact(async (tx) => {
    await tx.patrons.insert([newPatron(1)], byHand);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(indexesOf(outside)).toEqual(before);
  // And the next one begins anew.
  await store.bulkTransact((tx) => tx.patrons.insert([newPatron(1)], byHand));
  expect(indexesOf(outside)).toEqual(before);
});

test('only tables without rows go without their indexes, and only up to so many rows', () => {
  const lateIndexes = new LateIndexes(outside, 100);
  const names = () => indexesOf(outside).indexes.map(({ name }) => name);
  outside.exec('begin');
  lateIndexes.putOff();
  expect(names()).not.toContain('patron_name');
  expect(names()).not.toContain('contact_list_email');
  lateIndexes.inserted('patron', 99);
  expect(names()).not.toContain('patron_name');
  lateIndexes.inserted('patron', 1);
  expect(names()).toContain('patron_name');
  expect(names()).not.toContain('contact_list_email');
  lateIndexes.makeUp();
  lateIndexes.forget();
  expect(names()).toContain('contact_list_email');
  outside.exec('rollback');
});

test('a table that has rows keeps its indexes throughout', async () => {
  await store.bulkTransact((tx) => tx.patrons.insert([newPatron(1)], byHand));
  const lateIndexes = new LateIndexes(outside);
  outside.exec('begin');
  lateIndexes.putOff();
  expect(indexesOf(outside).indexes.map(({ name }) => name)).toContain('patron_name');
  expect(indexesOf(outside).indexes.map(({ name }) => name)).not.toContain('section_member_patron');
  outside.exec('rollback');
});

const settingsOf = (connection: SqliteConnection) =>
  connection.all('select temp_store, threads from pragma_temp_store, pragma_threads');

test('an index that is sorted in several pieces by another thread is whole', async () => {
  // As little memory as there may be for a piece: 1 MB.
  await using small = SqliteStorage.open({
    dataDir,
    clock: { now: () => 0 },
    busyTimeoutMs: 0,
    cacheKib: 64,
  });
  await (
    await small.tenant('main')
  ).bulkTransact((tx) =>
    tx.patrons.insert(
      Array.from({ length: 10_000 }, (_, index) =>
        newPatron(index + 1, { firstname: String((index * 7919) % 10_000), surname: 'Long'.repeat(50) }),
      ),
      byHand,
    ),
  );
  expect(outside.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const [first] = outside.all<{ id: number }>(
    `select id from patron where tenant_id = 1 and name_key = '7919 ${'long'.repeat(50)}'`,
  );
  expect(first).toEqual({ id: 2 });
});

test('each index is sorted beside, the ones that cannot wait for the end as well, and all else is as ever', () => {
  const lateIndexes = new LateIndexes(outside, 100);
  const before = settingsOf(outside);
  lateIndexes.prepare();
  expect(settingsOf(outside)).toEqual(before);
  outside.exec('begin');
  lateIndexes.putOff();
  const exec = outside.exec.bind(outside);
  const whenMade: unknown[] = [];
  vi.spyOn(outside, 'exec').mockImplementation((text) => {
    if (text.startsWith('CREATE INDEX')) whenMade.push(...settingsOf(outside));
    exec(text);
  });
  lateIndexes.inserted('patron', 100);
  expect(settingsOf(outside)).toEqual(before);
  lateIndexes.makeUp();
  lateIndexes.settle();
  expect(settingsOf(outside)).toEqual(before);
  exec('rollback');
  // temp_store 1: a file.
  expect(whenMade.length).toBeGreaterThan(3);
  expect(whenMade).toEqual(whenMade.map(() => ({ temp_store: 1, threads: 1 })));
});

test('temporary tables within the transaction keep no index from being made', () => {
  const before = indexesOf(outside);
  const lateIndexes = new LateIndexes(outside);
  lateIndexes.prepare();
  outside.exec('begin');
  lateIndexes.putOff();
  outside.exec('create temp table other (id)');
  lateIndexes.makeUp();
  expect(indexesOf(outside)).toEqual(before);
  outside.exec('rollback');
});
