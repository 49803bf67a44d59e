import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { SqliteConnection } from './connection.ts';
import type { Value } from '../stores/context.ts';

/** What one statement came to. */
export interface Executed {
  readonly rows: unknown[];
  readonly changes?: number;
}

export type ExecuteStatement = (sql: string, parameters: readonly Value[]) => Promise<Executed>;

/**
 * Kysely over one open connection. It never begins a transaction of its own: `transaction.ts` does, and
 * hands out an object like this one bound to the connection that holds it.
 */
export function kyselyOn<Tables>(connection: SqliteConnection): Kysely<Tables> {
  return kyselyOver((sql, parameters) => {
    try {
      return Promise.resolve(connection.execute(sql, parameters));
    } catch (error) {
      return Promise.reject(error);
    }
  });
}

/** The same over whatever executes a statement on such a connection. */
export function kyselyOver<Tables>(execute: ExecuteStatement): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ConnectionDriver(execute),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

class ConnectionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(execute: ExecuteStatement) {
    this.#connection = new OneConnection(execute);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new Error('transactions are begun by storage/sqlite/transaction.ts'));
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

class OneConnection implements DatabaseConnection {
  readonly #execute: ExecuteStatement;

  constructor(execute: ExecuteStatement) {
    this.#execute = execute;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#execute(query.sql, query.parameters as Value[]);
    if (changes === undefined) return { rows: rows as R[] };
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('lists are read in pages, never streamed');
  }
}
