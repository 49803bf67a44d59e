import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { byHand, insertPatrons, newPatron } from '../../../test/support/records.ts';
import { SqliteStorage } from './sqlite-storage.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';

const walBytesMax = 200_000;

let dataDir = '';
let storage: SqliteStorage;
let store: TenantStore;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  dataDir = mkdtempSync(join(tmpdir(), 'muster-wal-'));
  storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0, walBytesMax });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  store = await storage.tenant('main');
});
afterEach(async () => {
  vi.useRealTimers();
  await storage[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The thread has had nothing to do for long enough. */
const comeToRest = () => vi.runOnlyPendingTimers();
const walBytes = () => statSync(join(dataDir, 'tenants', 'main.db-wal')).size;

/** Enough to make the log far larger than it may stay. */
function manyFrom(first: number) {
  return Array.from({ length: 3000 }, (_, index) => newPatron(first + index, { surname: `Surname${index}` }));
}

test('the log of a large write is folded into the file and does not stay as large as the import', async () => {
  await insertPatrons(store, manyFrom(1));
  comeToRest();
  expect(walBytes()).toBeLessThanOrEqual(walBytesMax);
  expect(await store.read.patrons.count()).toBe(3000);
});

test('where one write follows the other, the log is folded before the next one and not after a commit', async () => {
  await insertPatrons(store, manyFrom(1));
  expect(walBytes()).toBeGreaterThan(walBytesMax);
  await store.transact((tx) => {
    expect(walBytes()).toBeLessThanOrEqual(walBytesMax);
    return tx.patrons.insert(manyFrom(4000), byHand);
  });
  expect(walBytes()).toBeGreaterThan(walBytesMax);
  expect(await store.read.patrons.count()).toBe(6000);
});

test('while somebody reads an older picture the log stays, and a later write folds it', async () => {
  await store.snapshot(async (reader) => {
    expect(await reader.patrons.count()).toBe(0);
    await insertPatrons(store, manyFrom(1));
    comeToRest();
    expect(walBytes()).toBeGreaterThan(walBytesMax);
    expect(await reader.patrons.count()).toBe(0);
  });
  await insertPatrons(store, [newPatron(9000)]);
  comeToRest();
  expect(walBytes()).toBeLessThanOrEqual(walBytesMax);
  expect(await store.read.patrons.count()).toBe(3001);
});
