import type { Tenant, TenantReader, TenantStore, TenantTransactor } from '../../ports/tenant-store.ts';
import type { TenantTables } from '../schema/tables.ts';
import { tenantStores } from '../stores/tenant-stores.ts';
import { SqliteConnection } from './connection.ts';
import { kyselyOn } from './kysely.ts';
import { migrate } from './migrate.ts';
import { SqliteTools } from './tools.ts';
import { readTransaction, Writer } from './transaction.ts';

/**
 * One tenant's file. Three connections: one for single reads, one for snapshots (several reads of one
 * picture, one snapshot at a time), one for writes (one transaction at a time).
 */
export class SqliteTenantStore implements TenantStore {
  readonly tenant: Tenant;
  readonly read: TenantReader;
  readonly #connections: SqliteConnection[];
  readonly #writer: Writer;
  readonly #transactor: TenantTransactor;
  readonly #snapshotReader: TenantReader;
  readonly #snapshotConnection: SqliteConnection;
  #snapshots: Promise<unknown> = Promise.resolve();

  constructor(
    tenant: Tenant,
    file: string,
    options: { busyTimeoutMs: number; cacheKib?: number; now: number },
  ) {
    this.tenant = tenant;
    const open = () => new SqliteConnection(file, options);
    const writing = open();
    migrate(writing, 'tenant', options.now);
    const reading = open();
    this.#snapshotConnection = open();
    this.#connections = [reading, this.#snapshotConnection, writing];
    this.#writer = new Writer(writing);
    this.read = storesOn(reading, tenant.id);
    this.#snapshotReader = storesOn(this.#snapshotConnection, tenant.id);
    this.#transactor = storesOn(writing, tenant.id);
  }

  snapshot<T>(work: (reader: TenantReader) => Promise<T>): Promise<T> {
    const turn = this.#snapshots.then(() =>
      readTransaction(this.#snapshotConnection, () => work(this.#snapshotReader)),
    );
    this.#snapshots = turn.catch(() => undefined);
    return turn;
  }

  transact<T>(work: (tx: TenantTransactor) => Promise<T>): Promise<T> {
    return this.#writer.transact(() => work(this.#transactor));
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection[Symbol.dispose]();
    return Promise.resolve();
  }
}

function storesOn(connection: SqliteConnection, tenantId: number): TenantTransactor {
  return tenantStores({
    db: kyselyOn<TenantTables>(connection),
    tenantId,
    tools: new SqliteTools(connection),
  });
}
