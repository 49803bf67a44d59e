import pg from 'pg';
import { isOfPrepared, storageError } from './errors.ts';
import { SharedConnections } from './shared-connections.ts';
import { WritePool } from './write-pool.ts';
import { isOutOfStep, queryWith, type Answer, type LocalSettings, type Statement } from './local-query.ts';

export interface PoolSizes {
  /** Single reads whose statement is kept prepared; several at once on each. */
  readonly shared: number;
  /** Other single reads, one connection each for moments. */
  readonly reads: number;
  /** Searches, one connection each for all the statements of one; so few that they do not keep each other from ending. */
  readonly searches: number;
  /** Pictures that are read in several steps. */
  readonly snapshots: number;
  /** Transactions that write. */
  readonly writes: number;
}

/** How long a request waits for a connection, be it in the queue or for the server. */
const connectWaitMs = 30_000;
const idleMs = 30_000;

const int8 = 20;

/**
 * Numbers stay below 2^53, so a bigint comes as a number; set for these pools alone, as somebody else in this
 * process may want it otherwise.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((type: number, format: 'text') =>
    type === int8 ? Number : usualParser(type, format)) as pg.CustomTypesConfig['getTypeParser'],
};
const usualParser = pg.types.getTypeParser as (type: number, format: 'text') => (text: string) => unknown;

/** The settings of every connection. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    application_name: 'muster',
    keepAlive: true,
    connectionTimeoutMillis: connectWaitMs,
  };
}

/** So that the server lets go of a transaction, and its lock, half a minute after its machine has vanished. */
const noticeLoss =
  'set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3';

/** Compiling a statement pays where it takes seconds, which none of ours does. */
const notCompiled = 'set jit = off';

/**
 * Pools of their own, so that none waits for itself: a snapshot may want a write, and a write may want single reads.
 * A pool that is used up keeps who comes waiting in a queue. Connections are made when first needed.
 */
export class Pools implements AsyncDisposable {
  readonly shared: SharedConnections;
  readonly reads: pg.Pool;
  readonly searches: pg.Pool;
  readonly snapshots: pg.Pool;
  readonly writes: WritePool;
  readonly #sharedPool: pg.Pool;

  constructor(url: string, role: string | undefined, sizes: PoolSizes) {
    const config = connectionConfig(url);
    const always = `${noticeLoss}; ${notCompiled}`;
    const first = role === undefined ? always : `set role ${role}; ${always}`;
    const onConnect = (client: pg.ClientBase) => client.query(first) as unknown as void;
    const pool = (max: number, pipeline = false) => {
      // The pool waits for the promise of `onConnect`, and hands out no connection for which it failed.
      const made = new pg.Pool({ ...config, max, pipeline, idleTimeoutMillis: idleMs, onConnect });
      // What breaks while nobody uses it is replaced when next needed; who uses it is told by the query.
      made.on('error', () => {});
      made.on('connect', (client) => client.on('error', () => {}));
      return made;
    };
    this.#sharedPool = pool(sizes.shared, true);
    this.shared = new SharedConnections(this.#sharedPool, sizes.shared);
    this.reads = pool(sizes.reads);
    this.searches = pool(sizes.searches);
    this.snapshots = pool(sizes.snapshots, true);
    this.writes = new WritePool(pool(sizes.writes, true), sizes.writes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pools = [this.#sharedPool, this.reads, this.searches, this.snapshots, this.writes.pool];
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

/** Takes a connection for some work and gives it back; one that broke, is left in a transaction, or failed a named statement, is closed. */
export async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient | undefined;
  let broken = false;
  try {
    client = await pool.connect();
    return await work(client);
  } catch (error) {
    broken = client?.getTransactionStatus() !== 'I' || isOutOfStep(client);
    throw storageError(error);
  } finally {
    client?.release(broken);
  }
}

/** One read; where a connection fails it as a prepared one, once more without. */
export async function readOnce(
  { shared, reads }: Pools,
  settings: LocalSettings,
  statement: Statement,
): Promise<Answer> {
  const read = (asked: Statement) => (client: pg.ClientBase) => queryWith(client, settings, asked);
  if (statement.name === undefined) return withClient(reads, read(statement));
  try {
    return await shared.run(read(statement));
  } catch (error) {
    if (!isOfPrepared(error)) throw error;
    return withClient(reads, read({ ...statement, name: undefined }));
  }
}

/** The statements of one search; where its connection fails one as a prepared one, all once more without. */
export async function searchOnce<T>(
  { searches }: Pools,
  settings: LocalSettings,
  work: (execute: (statement: Statement) => Promise<Answer>) => Promise<T>,
): Promise<T> {
  try {
    return await withClient(searches, (client) => work((asked) => queryWith(client, settings, asked)));
  } catch (error) {
    if (!isOfPrepared(error)) throw error;
    return withClient(searches, (client) =>
      work((asked) => queryWith(client, settings, { ...asked, name: undefined })),
    );
  }
}
