import type { Kysely } from 'kysely';
import type { Tenant, TenantReader, TenantStore, TenantTransactor } from '../../ports/tenant-store.ts';
import type { TenantTables } from '../schema/tables.ts';
import { tenantStores } from '../stores/tenant-stores.ts';
import { inTurn, kyselyOn, type Execute } from './kysely.ts';
import { queryWith } from './local-query.ts';
import { withClient, type Pools } from './pools.ts';
import { Staging, type ColumnTypes } from './staging.ts';
import { PostgresTools } from './tools.ts';
import { readTransaction, Writer } from './transaction.ts';
import { TrigramSearch } from './trigram-search.ts';

export interface TenantRowsOptions {
  readonly pools: Pools;
  readonly columnTypes: ColumnTypes;
  readonly writeWaitMs?: number | undefined;
  /** Makes the space of deleted rows free to be written over. */
  readonly vacuum: () => Promise<void>;
}

/**
 * One tenant's rows among those of all. Every statement runs with the tenant set for it alone (a single read) or
 * for its transaction; the policies of the tables let through nothing else.
 */
export class PostgresTenantStore implements TenantStore {
  tenant: Tenant;
  readonly read: TenantReader;
  readonly #options: TenantRowsOptions;
  readonly #writer: Writer;

  constructor(tenant: Tenant, options: TenantRowsOptions) {
    this.tenant = tenant;
    this.#options = options;
    this.#writer = new Writer(options.pools.writes, tenant.id, options.writeWaitMs);
    const own = [['muster.tenant_id', String(tenant.id)]] as const;
    const { reads } = options.pools;
    this.read = this.#stores((statement) =>
      withClient(reads, (client) => queryWith(client, own, statement)),
    ).stores;
  }

  snapshot<T>(work: (reader: TenantReader) => Promise<T>): Promise<T> {
    return readTransaction(this.#options.pools.snapshots, this.tenant.id, (client) =>
      work(this.#stores(inTurn((statement) => queryWith(client, [], statement))).stores),
    );
  }

  transact<T>(work: (tx: TenantTransactor) => Promise<T>): Promise<T> {
    return this.#write(async ({ stores }) => work(stores));
  }

  catchUpSearch(limit: number): Promise<number> {
    return this.#write(({ search }) => search.catchUp(limit));
  }

  /**
   * The server keeps deleted rows until they are vacuumed, and may write over their place only later; its log and
   * its backups are the operator's. docs/operations/privacy.md says so.
   */
  scrub(): Promise<void> {
    return this.#options.vacuum();
  }

  #write<T>(work: (made: { stores: TenantTransactor; search: TrigramSearch }) => Promise<T>): Promise<T> {
    return this.#writer.transact(async (client) => {
      const staging = new Staging(client, this.#options.columnTypes);
      const execute = inTurn((statement) => queryWith(client, [], statement));
      const made = this.#stores(execute, staging);
      const result = await work(made);
      await made.search.flush();
      return result;
    });
  }

  #stores(execute: Execute, staging?: Staging): { stores: TenantTransactor; search: TrigramSearch } {
    const search = new TrigramSearch(execute, this.tenant.id);
    const db: Kysely<TenantTables> = kyselyOn(execute);
    const tools = new PostgresTools(execute, search, staging);
    return { stores: tenantStores({ db, tenantId: this.tenant.id, tools }), search };
  }

  [Symbol.asyncDispose](): Promise<void> {
    // Its connections are those of all tenants.
    return Promise.resolve();
  }
}
