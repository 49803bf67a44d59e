import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SqliteConnection } from './connection.ts';
import { SqliteStorage } from './sqlite-storage.ts';

/** What `PRAGMA synchronous` gives. */
const normal = 1;
const full = 2;

test('S9 what is written of tenants is on the disk before it counts; leases, which end with the machine, do not wait for it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-leases-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  await using storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  const { system } = storage;
  const exec = vi.spyOn(SqliteConnection.prototype, 'exec');
  onTestFinished(() => exec.mockRestore());
  /** How the connections are set that committed meanwhile. */
  const committing = async (work: () => Promise<unknown>) => {
    exec.mockClear();
    await work();
    const commits = exec.mock.calls.flatMap(([sql], call) => (sql === 'COMMIT' ? [call] : []));
    return commits.map((call) => {
      const connection = exec.mock.contexts[call] as SqliteConnection;
      return connection.all<{ synchronous: number }>('PRAGMA synchronous')[0]!.synchronous;
    });
  };
  const holder = { holder: 'a', host: 'here', pid: 1 };
  expect(
    await committing(() => storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, [])),
  ).toContain(full);
  expect(await committing(() => system.acquireLease(1, 'imports', holder, 0, 10, () => false))).toEqual([
    normal,
  ]);
  expect(await committing(() => system.renewLease(1, 'imports', holder, 1))).toEqual([normal]);
  expect(await committing(() => system.releaseLease(1, 'imports', holder))).toEqual([normal]);
  const store = await storage.tenant('main');
  expect(await committing(() => store.transact((tx) => tx.allocateIds('patron', 1)))).toEqual([full]);
});
