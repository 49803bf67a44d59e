import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Value } from '../stores/context.ts';
import { blockWhileBusy } from './errors.ts';

const statementsKeptMax = 300;

/** A statement with the names of the columns it gives, if it gives any. */
export interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
}

/**
 * One SQLite connection with its prepared statements. Calls are synchronous; whoever uses one in the
 * main thread keeps each call short.
 */
export class SqliteConnection implements Disposable {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  /** `busyTimeoutMs` is how long a call may block the thread for somebody else's lock. */
  constructor(file: string, options: { busyTimeoutMs: number; cacheKib?: number; readOnly?: boolean }) {
    this.database = new DatabaseSync(file, {
      timeout: options.busyTimeoutMs,
      readOnly: options.readOnly ?? false,
      enableForeignKeyConstraints: true,
    });
    blockWhileBusy(() => {
      if (!options.readOnly) this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      // The first read is what recovers the file after a crash.
      this.database.exec('SELECT count(*) FROM sqlite_schema');
    });
    this.database.exec(`PRAGMA cache_size = -${options.cacheKib ?? 8192}; PRAGMA temp_store = MEMORY;`);
  }

  /** A prepared statement, made once for each text. */
  prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= statementsKeptMax) {
      const oldest = this.#statements.keys().next().value!;
      this.#statements.delete(oldest);
    }
    const statement = this.database.prepare(sql);
    // FTS5 leaves row ids beyond what a number holds as the connection's last one, and every `run` reports it.
    const columns = statement.columns().map(({ name }) => name);
    if (columns.length === 0) statement.setReadBigInts(true);
    // The driver makes a row as an array in half the time of an object.
    else statement.setReturnArrays(true);
    const prepared = { statement, columns };
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** Whether the statement gives rows. */
  gives(sql: string): boolean {
    return this.prepare(sql).columns.length > 0;
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  run(sql: string, parameters: readonly Value[] = []): { changes: number } {
    return { changes: Number(this.prepare(sql).statement.run(...parameters).changes) };
  }

  all<T>(sql: string, parameters: readonly Value[] = []): T[] {
    const { statement, columns } = this.prepare(sql);
    const rows = statement.all(...parameters) as unknown as Value[][];
    return rows.map((values) => {
      const row: Record<string, Value> = {};
      for (let place = 0; place < columns.length; place++) row[columns[place]!] = values[place]!;
      return row as T;
    });
  }

  /** The rows as arrays, read one by one; whoever has enough of them stops. */
  iterate(sql: string, parameters: readonly Value[]): Iterable<Value[]> {
    return this.prepare(sql).statement.iterate(...parameters) as Iterable<unknown> as Iterable<Value[]>;
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }
}
