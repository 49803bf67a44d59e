import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts';
import { SqliteStorage, tenantFile } from '../../src/storage/sqlite/sqlite-storage.ts';
import { walkStores } from '../support/walk-stores.ts';

/** Tables that may have millions of rows in one tenant. */
const large = [
  'patron',
  'contact_list',
  'change',
  'import_run_row',
  'section_member',
  'record_change',
  'status_change',
];

/** Statements that read through all of a tenant's rows of a large table on purpose, and why. */
const wholeReads: readonly { readonly statement: RegExp; readonly why: string }[] = [
  { statement: /^select (?:count\(\*\)|coalesce\(sum)/, why: 'a count is of all rows' },
  {
    statement: /"import_run_row" .*(?:"patron_id" = \?|"(?:value|suggestion)" in)/s,
    why: 'erasing and exporting one patron is rare; an index would be paid for by every import',
  },
  { statement: /"status" = \?|"role" = \?|limit \? \+ 0$/, why: 'a page, which ends once it is full' },
  { statement: /offset \? \+ 0\) as "patron"/, why: 'what is scanned is that page itself' },
  {
    statement: /"record_change" .*"before" like \?/,
    why: 'erasing and exporting a contact person is rare; what names one stands inside the values',
  },
  {
    statement: /^delete from "(?:record_)?change" .*"at" < \?/,
    why: 'the purge goes from the oldest entry on, up to its limit',
  },
];

/** A step of a plan that narrows a table by its tenant alone, or not at all. */
const readsThrough = new RegExp(
  `^(?:SCAN (?:${large.join('|')})(?: |$)|SEARCH (?:${large.join('|')}) USING .*\\(tenant_id=\\?\\)$)`,
);

test('no statement of the stores reads through a large table that an index would narrow', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-plans-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  const store = await storage.tenant('main');
  const prepared = vi.spyOn(SqliteConnection.prototype, 'prepare');
  onTestFinished(() => void vi.restoreAllMocks());
  await store.transact((tx) => walkStores(tx));
  const texts = new Set(prepared.mock.calls.map(([text]) => text));
  await storage[Symbol.asyncDispose]();

  using connection = new SqliteConnection(tenantFile(dataDir, 'main'), { busyTimeoutMs: 0 });
  const explained = [...texts].filter((text) => /^(?:select|update|delete)\b/i.test(text));
  expect(explained.length).toBeGreaterThan(40);
  const slow = explained.flatMap((text) => {
    if (wholeReads.some(({ statement }) => statement.test(text))) return [];
    const steps = connection.database.prepare(`explain query plan ${text}`).all() as { detail: string }[];
    const through = steps.filter(({ detail }) => readsThrough.test(detail));
    return through.map(({ detail }) => `${detail}: ${text}`);
  });
  expect(slow).toEqual([]);
});

test.each([
  [
    'lookup.listByEmail',
    /from "contact_list".*"email_key" = \?/s,
    'contact_list_email (tenant_id=? AND email_key=?)',
  ],
  ['lookup.listByFullName', /^select .*"name_key" = \?/s, 'patron_name (tenant_id=? AND name_key=?'],
  ['lookup.stampOfName', /"name_key" >= \?/, 'patron_name (tenant_id=? AND name_key>?'],
  [
    'runs.findApplied',
    /"channel" = \?.*"options" = \?/s,
    'import_run_session (tenant_id=? AND channel=? AND options=?',
  ],
  [
    'candidates of a search',
    /^\s*select id from \(\s*select id from \(\s*select rowid/,
    'patron_search VIRTUAL TABLE INDEX',
  ],
])('%s goes by its index', async (_, statement, index) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-plans-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  const store = await storage.tenant('main');
  const prepared = vi.spyOn(SqliteConnection.prototype, 'prepare');
  onTestFinished(() => void vi.restoreAllMocks());
  await store.transact((tx) => walkStores(tx));
  const texts = new Set(prepared.mock.calls.map(([text]) => text).filter((text) => statement.test(text)));
  await storage[Symbol.asyncDispose]();
  using connection = new SqliteConnection(tenantFile(dataDir, 'main'), { busyTimeoutMs: 0 });
  const plans = [...texts].map((text) =>
    connection.database
      .prepare(`explain query plan ${text}`)
      .all()
      .map(({ detail }) => detail as string)
      .join('\n'),
  );
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) expect(plan).toContain(index);
});

test.each([
  'SEARCH change USING PRIMARY KEY (tenant_id=?)',
  'SEARCH patron USING INDEX patron_username (tenant_id=?)',
  'SCAN contact_list',
])('the reader of plans would find %s', (detail) => {
  expect(readsThrough.test(detail)).toBe(true);
});
