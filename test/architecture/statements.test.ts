import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';
import { listenedTo, storeMethodsOf, walkClients, walkStores, walkSystem } from '../support/walk-stores.ts';

/** Statements that need not name the tenant, and why. */
const exempt: readonly { readonly statement: RegExp; readonly why: string }[] = [
  { statement: /^(?:begin|commit|rollback|pragma)\b/i, why: 'they touch no row' },
  {
    statement: /^\s*(?:insert|delete)\b.* (?:patron_search|search_pending)\b/,
    why: 'on SQLite a tenant has its own file; FTS5 knows rowids only',
  },
  {
    statement:
      /^\s*select (?:id from \(\s*select id from|rowid as id from patron_search|count\(\*\) as n from \(select 1 from search_pending)/,
    why: 'likewise: what it finds is looked up among the tenant’s patrons',
  },
  { statement: /"tenant"|"tenant_host"/, why: 'the tables that say which tenants there are' },
  {
    statement: /"(?:api_credential|one_time_code|api_session|spent_renew_token)"/,
    why: 'what a key begins leads to its client, and that to the tenant (F7)',
  },
  {
    statement:
      /^(?:select coalesce\(max\(id\).*|update .*"last_used_at" = .*)"api_client"|^update "api_client" set "last_used_at"/,
    why: 'the next id of all clients; a client that was found by its key',
  },
];

/** What a statement must say: tenant_id compared with a value, or given as one in an INSERT. */
const namesTenant = [/"?tenant_id"? = \?/, /^insert\b.*\("tenant_id"/s];

const clock = { now: () => 0 };

test('S1 every statement of the stores names the tenant', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-statements-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const storage = SqliteStorage.open({ dataDir, clock, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  const store = await storage.tenant('main');

  const texts = [
    vi.spyOn(SqliteConnection.prototype, 'prepare'),
    vi.spyOn(SqliteConnection.prototype, 'exec'),
  ];
  onTestFinished(() => void vi.restoreAllMocks());
  const called = new Set<string>();
  await store.transact((tx) => walkStores(listenedTo(tx, (method) => called.add(method))));
  await walkSystem(storage.system);
  await walkClients(storage);
  await storage[Symbol.asyncDispose]();
  const seen = new Set(texts.flatMap(({ mock }) => mock.calls.map(([sql]) => sql)));

  // A method that is new must be walked, or its statements would go unread.
  const methods = storeMethodsOf(store.read);
  expect(methods.filter((method) => !called.has(method))).toEqual([]);
  expect(seen.size).toBeGreaterThan(methods.length);
  const nameless = [...seen].filter(
    (sql) =>
      !namesTenant.some((form) => form.test(sql)) && !exempt.some(({ statement }) => statement.test(sql)),
  );
  expect(nameless).toEqual([]);
});

test.each([
  'select * from "patron" where "id" = ?',
  'delete from "contact" where "patron_id" = ?',
  'insert into "audit" ("id", "tenant_id") values (?, ?)',
  'update "import_run" set "tenant_id" = 1',
])('the reader of statements would find %s', (sql) => {
  expect(namesTenant.some((form) => form.test(sql))).toBe(false);
  expect(exempt.some(({ statement }) => statement.test(sql))).toBe(false);
});
