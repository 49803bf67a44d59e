import type {
  BulkWork,
  Tenant,
  TenantReader,
  TenantStore,
  TenantTransactor,
} from '../../ports/tenant-store.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from '../stores/context.ts';
import { PatronBlocks } from '../stores/patron-blocks.ts';
import { saveHeldIds } from '../stores/sequences.ts';
import { tenantStores } from '../stores/tenant-stores.ts';
import { SqliteConnection } from './connection.ts';
import { kyselyOn } from './kysely.ts';
import { LogFolder } from './log-folder.ts';
import { migrate } from './migrate.ts';
import { PatientFolder } from './patient-folder.ts';
import { SqliteTools } from './tools.ts';
import type { LateIndexes } from './late-indexes.ts';
import type { TrigramSearch } from './trigram-search.ts';
import { readTransaction, Writer } from './transaction.ts';

export interface TenantFileOptions {
  /** How long a write may block the thread before it waits without blocking. */
  readonly busyTimeoutMs: number;
  readonly cacheKib?: number;
  /** How long a write waits for its turn, without blocking; a minute unless said otherwise. */
  readonly writeWaitMs?: number;
  /** For a thread that may block: it folds the log itself, and cuts off one beyond this. */
  readonly walBytesMax?: number;
  readonly now: number;
}

/** Reads wait for nobody but the recovery of the file after a crash elsewhere, which takes moments. */
export const readWaitMs = 2_000;

const catchUpAtOnce = 10_000;

const readerCacheKib = 2048;
/** Holds what searches ask again and again of the index: the heads of its lists, and its common ones. */
const searchingCacheKib = 16_384;

/**
 * One tenant's file. Three connections: one for single reads, one for snapshots (several reads of one
 * picture, one snapshot at a time), one for writes (one transaction at a time).
 */
export class SqliteTenantStore implements TenantStore {
  tenant: Tenant;
  readonly read: TenantReader;
  readonly readsBeside = false;
  readonly #log: LogFolder | PatientFolder;
  readonly #connections: SqliteConnection[];
  readonly #writer: Writer;
  readonly #writingConnection: SqliteConnection;
  readonly #writingContext: StoreContext;
  readonly #transactor: TenantTransactor;
  readonly #search: TrigramSearch;
  readonly #lateIndexes: LateIndexes;
  readonly #snapshotReader: TenantReader;
  readonly #snapshotConnection: SqliteConnection;
  #snapshots: Promise<unknown> = Promise.resolve();

  constructor(tenant: Tenant, file: string, options: TenantFileOptions) {
    this.tenant = tenant;
    const writing = new SqliteConnection(file, options);
    migrate(writing, 'tenant', options.now);
    const reading = new SqliteConnection(file, { busyTimeoutMs: readWaitMs, cacheKib: searchingCacheKib });
    // Snapshots go through what they read once; the operating system keeps its pages.
    this.#snapshotConnection = new SqliteConnection(file, {
      busyTimeoutMs: readWaitMs,
      cacheKib: readerCacheKib,
    });
    this.#writingConnection = writing;
    this.#connections = [reading, this.#snapshotConnection, writing];
    this.#log =
      options.walBytesMax === undefined
        ? new PatientFolder(writing)
        : new LogFolder(writing, file, options.walBytesMax);
    this.#writer = new Writer(writing, options.writeWaitMs);
    this.read = tenantStores(contextOn(reading, tenant.id));
    this.#snapshotReader = tenantStores(contextOn(this.#snapshotConnection, tenant.id));
    const context = contextOn(writing, tenant.id);
    this.#writingContext = context;
    this.#search = context.tools.search;
    this.#lateIndexes = context.tools.lateIndexes;
    this.#transactor = tenantStores(context);
  }

  snapshot<T>(work: (reader: TenantReader) => Promise<T>): Promise<T> {
    const turn = this.#snapshots.then(() =>
      readTransaction(this.#snapshotConnection, () => work(this.#snapshotReader)),
    );
    this.#snapshots = turn.catch(() => undefined);
    return turn;
  }

  async transact<T>(work: (tx: TenantTransactor) => Promise<T>): Promise<T> {
    const log = this.#log;
    if (log instanceof LogFolder) await this.#writer.alone(() => log.beforeWrite());
    const result = await this.#writer.transact(async () => {
      try {
        const done = await work(this.#transactor);
        this.#search.flush();
        return done;
      } finally {
        this.#search.reset();
      }
    });
    log.committed();
    return result;
  }

  /**
   * Tables that are empty get some of their indexes at the end. A thread of its own for the writes was tried and
   * brought nothing (docs/decisions/0011).
   */
  async bulkTransact<T>(work: BulkWork<T>): Promise<T> {
    await this.#writer.alone(() => this.#lateIndexes.prepare());
    try {
      return await this.#bulkTransact(work);
    } finally {
      await this.#writer.alone(() => this.#lateIndexes.settle());
    }
  }

  #bulkTransact<T>(work: BulkWork<T>): Promise<T> {
    return this.transact(async () => {
      const holding: StoreContext = { ...this.#writingContext, heldIds: new Map(), heldBlocks: new Map() };
      try {
        this.#lateIndexes.putOff();
        const result = await work(tenantStores(holding), () => {
          this.#lateIndexes.makeUp();
          return Promise.resolve();
        });
        this.#lateIndexes.makeUp();
        await saveHeldIds(holding);
        await new PatronBlocks(holding).settle();
        return result;
      } finally {
        this.#lateIndexes.forget();
      }
    });
  }

  catchUpSearch(limit: number): Promise<number> {
    return this.transact(() => Promise.resolve(this.#search.catchUp(limit) || Number(this.#search.merge())));
  }

  /**
   * Deleted rows leave their bytes in free pages, in the log, and their letters in the search index until its
   * parts are merged; a rewritten file has none of it.
   */
  async scrub(): Promise<void> {
    await this.transact(() => {
      while (this.#search.catchUp(catchUpAtOnce) > 0);
      this.#writingConnection.run(`insert into patron_search (patron_search) values ('optimize')`);
      return Promise.resolve();
    });
    await this.#writer.alone(() => this.#writingConnection.exec('VACUUM'));
    await this.#writer.alone(() => {
      // Says that it was busy by a row, not by an error: somebody still reads an older picture.
      const [row] = this.#writingConnection.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
      return row?.busy === 0;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#log[Symbol.dispose]();
    for (const connection of this.#connections) connection[Symbol.dispose]();
    return Promise.resolve();
  }
}

function contextOn(connection: SqliteConnection, tenantId: number): StoreContext & { tools: SqliteTools } {
  const tools = new SqliteTools(connection, tenantId);
  return { db: kyselyOn<TenantTables>(connection), tenantId, tools };
}
