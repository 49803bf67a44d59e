import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { byHand, insertPatrons, newPatron } from '../../../test/support/records.ts';
import { SqliteConnection } from './connection.ts';
import { pagesWaiting } from './log-state.ts';
import { SqliteStorage } from './sqlite-storage.ts';

let dataDir: string;
let storage: SqliteStorage;
let store: TenantStore;
/** As the thread of an import has one: it folds nothing by itself. */
let elsewhere: SqliteConnection;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  dataDir = mkdtempSync(join(tmpdir(), 'muster-patient-'));
  storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  store = await storage.tenant('main');
  elsewhere = new SqliteConnection(join(dataDir, 'tenants', 'main.db'), { busyTimeoutMs: 0 });
  elsewhere.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA wal_checkpoint(TRUNCATE)');
});
afterEach(async () => {
  vi.useRealTimers();
  elsewhere[Symbol.dispose]();
  await storage[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Pages of the log that are not in the file yet. */
function waiting(): number {
  return pagesWaiting(elsewhere)!;
}

function writeElsewhere(pages: number): void {
  elsewhere.exec('create table bulk (bytes blob) strict');
  elsewhere.run('insert into bulk values (zeroblob(?))', [pages * 4096]);
}

test('a single write right behind a large one leaves its log to who wrote it, and folds it where nobody did', async () => {
  writeElsewhere(6_000);
  await insertPatrons(store, [newPatron(1)]);
  expect(waiting()).toBeGreaterThan(6_000);
  vi.advanceTimersByTime(2_000);
  expect(waiting()).toBe(0);
});

test('what single writes leave in the log is folded as it comes', async () => {
  writeElsewhere(500);
  await insertPatrons(store, [newPatron(1)]);
  expect(waiting()).toBeGreaterThan(500);
  elsewhere.run('insert into bulk values (zeroblob(?))', [600 * 4096]);
  await insertPatrons(store, [newPatron(2)]);
  expect(waiting()).toBe(0);
});

test('however many writes stand in line, the log is folded between them', async () => {
  const writes = Array.from({ length: 600 }, (_, index) =>
    store.transact((tx) => tx.patrons.insert([newPatron(index + 1, { surname: 'x'.repeat(6_000) })], byHand)),
  );
  let most = 0;
  for (const write of writes) {
    await write;
    most = Math.max(most, waiting());
  }
  expect(most).toBeGreaterThan(500);
  expect(most).toBeLessThan(1_200);
});
