import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { Clock } from '../../src/ports/clock.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import type { EngineSettings } from '../../src/storage/engine.ts';
import { engineOf } from '../../src/storage/engines.ts';
import { makeDatabase, type TestDatabase } from './postgres-databases.ts';

/** The engine this part of the test run is on; vitest.config.ts runs each. */
export const engineName = process.env['MUSTER_TEST_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

/** A place for data: a fresh data directory and, on PostgreSQL, a database of its own. */
export interface TestPlace extends AsyncDisposable, EngineSettings {}

export async function makePlace(name: string): Promise<TestPlace> {
  const dataDir = await mkdtemp(join(tmpdir(), `muster-${name}-`));
  return {
    ...(await placeAt(dataDir)),
    async [Symbol.asyncDispose]() {
      await releaseDatabases(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const databases = new Map<string, Promise<TestDatabase>>();

/** The place that belongs to a data directory: on PostgreSQL the first one to ask gets it a database. */
export async function placeAt(dataDir: string): Promise<EngineSettings> {
  if (engineName === 'sqlite') return { dataDir, databaseUrl: undefined };
  const database = databases.get(dataDir) ?? makeDatabase();
  databases.set(dataDir, database);
  return { dataDir, databaseUrl: (await database).url };
}

/** The environment that leads a process of ours to the place of a data directory. */
export async function placeEnv(dataDir: string): Promise<Record<string, string>> {
  const { databaseUrl } = await placeAt(dataDir);
  return {
    MUSTER_DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { MUSTER_DATABASE_URL: databaseUrl }),
  };
}

/** Gives back the databases of a data directory and of those below it. */
export async function releaseDatabases(folder: string): Promise<void> {
  for (const [dataDir, database] of databases) {
    if (dataDir !== folder && !dataDir.startsWith(folder + sep)) continue;
    databases.delete(dataDir);
    await (await database)[Symbol.asyncDispose]();
  }
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
