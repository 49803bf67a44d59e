import type { ApiClientStore } from '../../ports/api-clients.ts';
import type { ApiSessionStore } from '../../ports/api-sessions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage } from '../../ports/storage.ts';
import type { SystemStore } from '../../ports/system-store.ts';
import type { Tenant, TenantStore } from '../../ports/tenant-store.ts';
import { dataDirProblem } from '../data-dir.ts';
import type { SystemTables } from '../schema/tables.ts';
import { KyselyApiClientStore } from '../stores/api-client-store.ts';
import { KyselyApiSessionStore } from '../stores/api-session-store.ts';
import { KyselySystemStore, type SystemTransact } from '../stores/system-store.ts';
import { noSuchTenant, refuseBadSlug } from '../tenant-slug.ts';
import { kyselyOn } from './kysely.ts';
import { ListedEdits } from './listed-edits.ts';
import { queryWith } from './local-query.ts';
import { listTables } from './migrate.ts';
import { Pools, readOnce, withClient, type PoolSizes } from './pools.ts';
import { lookUpDatabase, prepareDatabase, withLogin, type Prepared } from './prepare.ts';
import { PostgresTenantStore } from './tenant-rows.ts';
import { Writer } from './transaction.ts';

export interface PostgresStorageOptions {
  readonly url: string;
  /** Where uploads lie until they are stored. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly poolSizes?: PoolSizes;
  readonly writeWaitMs?: number | undefined;
  /** False where another thread of this program has prepared the database. */
  readonly prepare?: boolean;
}

/** Together what one process may take of the usual hundred connections of a server, beside its workers. */
const usualSizes: PoolSizes = { shared: 3, reads: 3, searches: 2, snapshots: 6, writes: 6 };

/**
 * What of large tables the planner is to look at before anything else: the columns by which rows are found. Texts that
 * are only shown would take as long again. The server's own look at everything comes a minute later all the same.
 */
const foundBy: Readonly<Record<string, readonly string[]>> = {
  patron: [
    'tenant_id',
    'id',
    'username_key',
    'barcode_key',
    'externalid_key',
    'name_key',
    'role',
    'status',
    'created_run',
  ],
  contact_list: ['tenant_id', 'patron_id', 'email_key', 'email_count', 'imported_count', 'created_runs'],
};

function lookedAt(table: string): string {
  const columns = foundBy[table];
  return columns === undefined ? table : `${table} (${columns.join(', ')})`;
}

/** The engine for several processes: all tenants in one database, kept apart by row-level security. */
export class PostgresStorage implements Storage {
  readonly system: SystemStore;
  readonly clients: ApiClientStore;
  readonly sessions: ApiSessionStore;
  readonly #options: PostgresStorageOptions;
  readonly #prepared: Prepared;
  readonly #pools: Pools;
  /** On their way, and waited for at the end alone. */
  readonly #besides = new Set<Promise<unknown>>();
  readonly #edits = new ListedEdits(() => this.#sortIn());
  readonly #tenants = new Map<string, PostgresTenantStore>();

  private constructor(options: PostgresStorageOptions, prepared: Prepared) {
    this.#options = options;
    this.#prepared = prepared;
    this.#pools = new Pools(options.url, prepared.role, options.poolSizes ?? usualSizes);
    const writer = new Writer(this.#pools.writes, 0);
    const db = kyselyOn<SystemTables>((statement) => readOnce(this.#pools, [], statement));
    const transact: SystemTransact = (work) =>
      writer.transact(async (client) => ({
        result: await work(kyselyOn<SystemTables>((statement) => queryWith(client, [], statement))),
      }));
    this.system = new KyselySystemStore(db, transact, options.clock);
    this.clients = new KyselyApiClientStore(db, transact);
    this.sessions = new KyselyApiSessionStore(db, transact);
  }

  /** Connects and brings the database up to date; a `MusterError` says what an operator must mend first. */
  static async open(options: PostgresStorageOptions): Promise<PostgresStorage> {
    const { url, clock, prepare = true } = options;
    return new PostgresStorage(
      options,
      await (prepare ? prepareDatabase(url, clock.now()) : lookUpDatabase(url)),
    );
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
    return this.system.createTenant(tenant, hosts);
  }

  async problem(): Promise<string | undefined> {
    try {
      const { rows } = await withClient(this.#pools.reads, (client) =>
        client.query<{ readOnly: boolean }>(
          `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "readOnly" from tenant limit 1`,
        ),
      );
      if (rows[0]?.readOnly === true) return 'The database takes no writes: it is a standby or read-only.';
      return await dataDirProblem(this.#options.dataDir);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#besides, this.#edits[Symbol.asyncDispose]()]);
    await this.#pools[Symbol.asyncDispose]();
  }

  #open(tenant: Tenant): PostgresTenantStore {
    const open = this.#tenants.get(tenant.slug);
    if (open) {
      open.tenant = tenant;
      return open;
    }
    const store = new PostgresTenantStore(tenant, {
      pools: this.#pools,
      columnTypes: this.#prepared.columnTypes,
      writeWaitMs: this.#options.writeWaitMs,
      vacuum: () => this.#asOwner(`vacuum ${listTables().join(', ')}`),
      sweepSearch: () =>
        this.#asOwner('vacuum (analyze) patron_search, search_pending, search_pending_range'),
      textsEdited: () => this.#edits.written(),
      sortInTexts: () => this.#sortIn(),
      analyze: (tables) => this.#beside(`analyze ${tables.map(lookedAt).join(', ')}`),
    });
    this.#tenants.set(tenant.slug, store);
    return store;
  }

  /** What it is for is committed whatever becomes of it; at the latest the server does it by itself. */
  #beside(statement: string): void {
    const done: Promise<unknown> = this.#asOwner(statement)
      .catch(() => undefined)
      .finally(() => this.#besides.delete(done));
    this.#besides.add(done);
  }

  #sortIn(): Promise<void> {
    return this.#asOwner("select gin_clean_pending_list('patron_search_text')");
  }

  /** By the login itself: only the owner of a table may. */
  #asOwner(statement: string): Promise<void> {
    return withLogin(this.#options.url, async (client) => {
      await client.query(statement);
    });
  }
}
