import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { ApiClientStore } from '../../ports/api-clients.ts';
import type { ApiSessionStore } from '../../ports/api-sessions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage } from '../../ports/storage.ts';
import type { SystemStore } from '../../ports/system-store.ts';
import type { Tenant, TenantStore } from '../../ports/tenant-store.ts';
import { dataDirProblem, readOnlyCodes } from '../data-dir.ts';
import type { SystemTables } from '../schema/tables.ts';
import { KyselyApiClientStore } from '../stores/api-client-store.ts';
import { KyselyApiSessionStore } from '../stores/api-session-store.ts';
import { KyselySystemStore, type SystemTransact } from '../stores/system-store.ts';
import { noSuchTenant, refuseBadSlug } from '../tenant-slug.ts';
import { SqliteConnection } from './connection.ts';
import { storageError } from './errors.ts';
import { kyselyOn } from './kysely.ts';
import { migrate } from './migrate.ts';
import { readWaitMs, SqliteTenantStore } from './tenant-file.ts';
import { Writer } from './transaction.ts';

export interface SqliteStorageOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** 0 where an event loop must not be blocked; a worker thread may wait. */
  readonly busyTimeoutMs: number;
  readonly cacheKib?: number;
  readonly writeWaitMs?: number;
  /** See `TenantFileOptions`. */
  readonly walBytesMax?: number;
}

/** A WAL bug that could lose a commit was mended in this version. */
const sqliteVersionMin = [3, 51, 3];

/** So much of the log is folded by whoever renews leases, if nobody else does before: some 40 MB. */
const leasePagesMax = 10_000;

/** The embedded engine: `system.db` and one file a tenant under the data directory. */
export class SqliteStorage implements Storage {
  readonly system: SystemStore;
  readonly clients: ApiClientStore;
  readonly sessions: ApiSessionStore;
  readonly #options: SqliteStorageOptions;
  readonly #systemConnections: readonly SqliteConnection[];
  readonly #tenants = new Map<string, SqliteTenantStore>();

  private constructor(options: SqliteStorageOptions) {
    this.#options = options;
    const writing = new SqliteConnection(systemFile(options.dataDir), options);
    refuseOldSqlite(writing);
    migrate(writing, 'system', options.clock.now());
    // Reads have a connection of their own, so that none sees what a transaction has not committed.
    const reading = new SqliteConnection(systemFile(options.dataDir), {
      ...options,
      busyTimeoutMs: readWaitMs,
    });
    const leasing = new SqliteConnection(systemFile(options.dataDir), options);
    // Beside an import, which keeps the disk busy, each wait for it would hold this thread up for up to half a second.
    leasing.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${leasePagesMax}`);
    this.#systemConnections = [reading, leasing, writing];
    const reads = kyselyOn<SystemTables>(reading);
    const transact = transactOn(writing);
    this.system = new KyselySystemStore(reads, transact, options.clock, transactOn(leasing));
    this.clients = new KyselyApiClientStore(reads, transact);
    this.sessions = new KyselyApiSessionStore(reads, transact);
  }

  /** Opens (and at first makes) the data directory; `storage-read-only` where that cannot be. */
  static open(options: SqliteStorageOptions): SqliteStorage {
    try {
      mkdirSync(join(options.dataDir, 'tenants'), { recursive: true, mode: 0o700 });
      // Where SQLite lays temporary files, without names: no other folder is sure to be there and writable.
      // oxlint-disable-next-line node/no-process-env -- told to SQLite, which asks nowhere else
      process.env['SQLITE_TMPDIR'] ??= options.dataDir;
      return new SqliteStorage(options);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== undefined && readOnlyCodes.has(code)) {
        throw new MusterError(
          'storage-read-only',
          `The data directory ${options.dataDir} cannot be written to. Check its owner and permissions.`,
        );
      }
      throw storageError(error, options.dataDir);
    }
  }

  async tenant(slug: string): Promise<TenantStore> {
    // Asked for each time: another process may have given the tenant another zone or name.
    const tenant = await this.system.findTenant(slug);
    if (!tenant) throw noSuchTenant(slug);
    return this.#open(tenant);
  }

  storeOf(tenant: Tenant): TenantStore {
    return this.#open(tenant);
  }

  async createTenant(tenant: Omit<Tenant, 'id'>, hosts: readonly string[]): Promise<Tenant> {
    refuseBadSlug(tenant.slug);
    const created = await this.system.createTenant(tenant, hosts);
    this.#open(created);
    return created;
  }

  async problem(): Promise<string | undefined> {
    try {
      await this.system.listTenants();
      // Beside the database: a write inside it would wait for other writers.
      return await dataDirProblem(this.#options.dataDir);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tenant of this.#tenants.values()) await tenant[Symbol.asyncDispose]();
    this.#tenants.clear();
    for (const connection of this.#systemConnections) connection[Symbol.dispose]();
  }

  #open(tenant: Tenant): SqliteTenantStore {
    const open = this.#tenants.get(tenant.slug);
    if (open) {
      open.tenant = tenant;
      return open;
    }
    try {
      const store = new SqliteTenantStore(tenant, tenantFile(this.#options.dataDir, tenant.slug), {
        ...this.#options,
        now: this.#options.clock.now(),
      });
      this.#tenants.set(tenant.slug, store);
      return store;
    } catch (error) {
      throw storageError(error);
    }
  }
}

function transactOn(connection: SqliteConnection): SystemTransact {
  const writer = new Writer(connection);
  const db = kyselyOn<SystemTables>(connection);
  return (work) => writer.transact(() => work(db));
}

export function systemFile(dataDir: string): string {
  return join(dataDir, 'system.db');
}

export function tenantFile(dataDir: string, slug: string): string {
  return join(dataDir, 'tenants', `${slug}.db`);
}

function refuseOldSqlite(connection: SqliteConnection): void {
  const [row] = connection.all<{ version: string }>('select sqlite_version() as version');
  const parts = row!.version.split('.').map(Number);
  for (const [index, wanted] of sqliteVersionMin.entries()) {
    const found = parts[index] ?? 0;
    if (found > wanted) return;
    if (found < wanted) {
      throw new Error(
        `SQLite ${row!.version} is too old; Muster needs ${sqliteVersionMin.join('.')} or newer.`,
      );
    }
  }
}
