import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage } from '../../ports/storage.ts';
import type { SystemStore } from '../../ports/system-store.ts';
import type { Tenant, TenantStore } from '../../ports/tenant-store.ts';
import type { SystemTables } from '../schema/tables.ts';
import { KyselySystemStore } from '../stores/system-store.ts';
import { SqliteConnection } from './connection.ts';
import { kyselyOn } from './kysely.ts';
import { migrate } from './migrate.ts';
import { SqliteTenantStore } from './tenant-file.ts';
import { storageError, Writer } from './transaction.ts';

export interface SqliteStorageOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** 0 where an event loop must not be blocked; a worker thread may wait. */
  readonly busyTimeoutMs: number;
  readonly cacheKib?: number;
}

/** A WAL bug that could lose a commit was mended in this version. */
const sqliteVersionMin = [3, 51, 3];

/** The embedded engine: `system.db` and one file a tenant under the data directory. */
export class SqliteStorage implements Storage {
  readonly system: SystemStore;
  readonly #options: SqliteStorageOptions;
  readonly #systemConnection: SqliteConnection;
  readonly #tenants = new Map<string, SqliteTenantStore>();

  private constructor(options: SqliteStorageOptions) {
    this.#options = options;
    this.#systemConnection = new SqliteConnection(systemFile(options.dataDir), options);
    refuseOldSqlite(this.#systemConnection);
    migrate(this.#systemConnection, 'system', options.clock.now());
    const writer = new Writer(this.#systemConnection);
    const db = kyselyOn<SystemTables>(this.#systemConnection);
    this.system = new KyselySystemStore(db, (work) => writer.transact(() => work(db)), options.clock);
  }

  /** Opens (and at first makes) the data directory; `storage-read-only` where that cannot be. */
  static open(options: SqliteStorageOptions): SqliteStorage {
    try {
      mkdirSync(join(options.dataDir, 'tenants'), { recursive: true, mode: 0o700 });
      return new SqliteStorage(options);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
        throw new MusterError(
          'storage-read-only',
          `The data directory ${options.dataDir} cannot be written to. Check its owner and permissions.`,
        );
      }
      throw storageError(error);
    }
  }

  async tenant(slug: string): Promise<TenantStore> {
    const known = this.#tenants.get(slug);
    if (known) return known;
    const tenant = await this.system.findTenant(slug);
    if (!tenant) throw new MusterError('not-found', `There is no tenant “${slug}”.`);
    return this.#open(tenant);
  }

  async createTenant(tenant: Omit<Tenant, 'id'>, hosts: readonly string[]): Promise<Tenant> {
    const created = await this.system.createTenant(tenant, hosts);
    this.#open(created);
    return created;
  }

  async problem(): Promise<string | undefined> {
    try {
      await this.system.listTenants();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tenant of this.#tenants.values()) await tenant[Symbol.asyncDispose]();
    this.#tenants.clear();
    this.#systemConnection[Symbol.dispose]();
  }

  #open(tenant: Tenant): SqliteTenantStore {
    const raced = this.#tenants.get(tenant.slug);
    if (raced) return raced;
    const store = new SqliteTenantStore(tenant, tenantFile(this.#options.dataDir, tenant.slug), {
      ...this.#options,
      now: this.#options.clock.now(),
    });
    this.#tenants.set(tenant.slug, store);
    return store;
  }
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
