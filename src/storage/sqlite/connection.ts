import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Value } from '../stores/context.ts';
import { blockWhileBusy } from './errors.ts';

const statementsKeptMax = 300;

/**
 * One SQLite connection with its prepared statements. Calls are synchronous; whoever uses one in the
 * main thread keeps each call short.
 */
export class SqliteConnection implements Disposable {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

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
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= statementsKeptMax) {
      const oldest = this.#statements.keys().next().value!;
      this.#statements.delete(oldest);
    }
    const statement = this.database.prepare(sql);
    // FTS5 leaves row ids beyond what a number holds as the connection's last one, and every `run` reports it.
    if (statement.columns().length === 0) statement.setReadBigInts(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  run(sql: string, parameters: readonly Value[] = []): { changes: number } {
    return { changes: Number(this.prepare(sql).run(...parameters).changes) };
  }

  all<T>(sql: string, parameters: readonly Value[] = []): T[] {
    return this.prepare(sql).all(...parameters) as T[];
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }
}
