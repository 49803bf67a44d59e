import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/ports/clock.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engineOf, type EngineSettings } from '../../src/storage/engine.ts';
import { makeDatabase } from './postgres-databases.ts';

/** The engine this part of the test run is on; vitest.config.ts runs each. */
export const engineName = process.env['MUSTER_TEST_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

/** A place for data: a fresh data directory and, on PostgreSQL, a database of its own. */
export interface TestPlace extends AsyncDisposable, EngineSettings {}

export async function makePlace(name: string): Promise<TestPlace> {
  const dataDir = await mkdtemp(join(tmpdir(), `muster-${name}-`));
  const database = engineName === 'postgres' ? await makeDatabase() : undefined;
  return {
    dataDir,
    databaseUrl: database?.url,
    async [Symbol.asyncDispose]() {
      await database?.[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Opens what lies at a place. */
export async function openPlace(place: EngineSettings, clock: Clock): Promise<Storage> {
  return (await engineOf(place)).open({ clock });
}

/** A fresh store of one engine with the tenants `main` and `other`. */
export interface OpenedStorage extends AsyncDisposable {
  readonly storage: Storage;
  readonly main: TenantStore;
  readonly other: TenantStore;
  readonly place: EngineSettings;
  /** The same data opened once more, as another process would. Closed with the first. */
  readonly openAgain: () => Promise<Storage>;
}

/** What a port's contract test runs on. */
export interface Engine {
  readonly name: string;
  readonly open: () => Promise<OpenedStorage>;
}

/** The instant at which contract tests take place. */
export const instant = Date.UTC(2026, 1, 3, 9);

export const engines: readonly Engine[] = [{ name: engineName, open }];

async function open(): Promise<OpenedStorage> {
  const place = await makePlace('storage');
  const opened: Storage[] = [];
  const openAgain = async () => {
    const storage = await openPlace(place, { now: () => instant });
    opened.push(storage);
    return storage;
  };
  const storage = await openAgain();
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'Europe/London' }, []);
  await storage.createTenant({ slug: 'other', name: 'Other', zone: 'Asia/Tokyo' }, []);
  return {
    storage,
    main: await storage.tenant('main'),
    other: await storage.tenant('other'),
    place,
    openAgain,
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}
