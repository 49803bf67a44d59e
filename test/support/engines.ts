import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';

/** A fresh store of one engine with the tenants `main` and `other`. */
export interface OpenedStorage extends AsyncDisposable {
  readonly storage: Storage;
  readonly main: TenantStore;
  readonly other: TenantStore;
  /** The same data opened once more, as another process would. Closed with the first. */
  readonly openAgain: () => Promise<Storage>;
}

/** What a port's contract test runs on. Another engine is one more line in `engines`. */
export interface Engine {
  readonly name: string;
  readonly open: () => Promise<OpenedStorage>;
}

/** The instant at which contract tests take place. */
export const instant = Date.UTC(2026, 1, 3, 9);

export const engines: readonly Engine[] = [{ name: 'sqlite', open: openSqlite }];

async function openSqlite(): Promise<OpenedStorage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-storage-'));
  const opened: Storage[] = [];
  const openAgain = () => {
    const storage = SqliteStorage.open({ dataDir, clock: { now: () => instant }, busyTimeoutMs: 0 });
    opened.push(storage);
    return Promise.resolve(storage);
  };
  const storage = await openAgain();
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'Europe/London' }, []);
  await storage.createTenant({ slug: 'other', name: 'Other', zone: 'Asia/Tokyo' }, []);
  return {
    storage,
    main: await storage.tenant('main'),
    other: await storage.tenant('other'),
    openAgain,
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
