import type { CompiledQuery, DatabaseConnection, Driver, Kysely, QueryResult } from 'kysely';

export type ExecuteQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** Runs a write of which nothing is to be known: its turn may come later, and a later call then tells of a failure. */
export type SendQuery = (query: CompiledQuery) => Promise<void>;

interface Ways {
  readonly execute: ExecuteQuery;
  readonly send: SendQuery | undefined;
}

const ways = new WeakMap<object, Ways>();

/**
 * Remembers by which way a Kysely runs the compiled statements whose text never changes, and sends those that nobody
 * waits for, where that is another one.
 */
export function rememberWay<Tables>(
  db: Kysely<Tables>,
  execute: ExecuteQuery,
  send?: SendQuery,
): Kysely<Tables> {
  ways.set(db, { execute, send });
  return db;
}

/**
 * The way to run a compiled statement whose text never changes: without Kysely's own steps around it (its connection,
 * plugins, result), which for a small one cost as much as the database does.
 */
export function wayOf<Tables>(db: Kysely<Tables>): ExecuteQuery {
  return ways.get(db)?.execute ?? ((query) => db.executeQuery(query));
}

/** The way to send such a statement. */
export function sendingWayOf<Tables>(db: Kysely<Tables>): SendQuery {
  const execute = wayOf(db);
  return ways.get(db)?.send ?? (async (query) => void (await execute(query)));
}

/**
 * Kysely's way to a database that is opened elsewhere: it runs statements where its maker says, and never begins a
 * transaction of its own. Each engine's `transaction.ts` does, and hands out one bound to the connection that holds it.
 */
export class ExecutingDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(execute: ExecuteQuery) {
    this.#connection = {
      executeQuery: <R>(query: CompiledQuery) => execute(query) as Promise<QueryResult<R>>,
      streamQuery: () => {
        throw new Error('lists are read in pages, never streamed');
      },
    };
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new Error('transactions are begun by the transaction.ts of the engine'));
  }

  commitTransaction(): Promise<void> {
    return this.beginTransaction();
  }

  rollbackTransaction(): Promise<void> {
    return this.beginTransaction();
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}
