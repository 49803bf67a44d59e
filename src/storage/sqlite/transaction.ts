import { untilFree, usualWaitMs } from '../until-free.ts';
import type { SqliteConnection } from './connection.ts';
import { isBusy, storageError } from './errors.ts';

/**
 * One writer at a time over one connection, begun with BEGIN IMMEDIATE. Another process or worker may
 * hold the file: then it is asked again after a pause, so that the event loop is never blocked.
 */
export class Writer {
  readonly #connection: SqliteConnection;
  readonly #waitMs: number;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(connection: SqliteConnection, waitMs = usualWaitMs) {
    this.#connection = connection;
    this.#waitMs = waitMs;
  }

  /** Runs `work` between BEGIN IMMEDIATE and COMMIT; what it throws rolls back and is thrown on. */
  transact<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => this.#transact(work));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #transact<T>(work: () => Promise<T>): Promise<T> {
    await this.#begin();
    try {
      const result = await work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.#connection);
      throw storageError(error);
    }
  }

  /** Does what cannot be done inside a transaction; `work` gives false to be asked again, as when SQLite is busy. */
  alone(work: () => boolean | void): Promise<void> {
    const turn = this.#queue.then(() => patiently(work, this.#waitMs));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #begin(): Promise<void> {
    return patiently(() => {
      if (this.#connection.database.isTransaction) this.#connection.exec('ROLLBACK');
      this.#connection.exec('BEGIN IMMEDIATE');
    }, this.#waitMs);
  }
}

/** Repeats `work` while it is busy or gives false. */
async function patiently(work: () => boolean | void, waitMs: number): Promise<void> {
  await untilFree(() => {
    try {
      return work() === false ? undefined : true;
    } catch (error) {
      if (!isBusy(error)) throw storageError(error);
      return undefined;
    }
  }, waitMs);
}

/** One consistent picture for several reads on a connection of its own. */
export async function readTransaction<T>(connection: SqliteConnection, work: () => Promise<T>): Promise<T> {
  connection.exec('BEGIN');
  try {
    return await work();
  } finally {
    rollBack(connection);
  }
}

/**
 * Ends what is left of a transaction; on some errors SQLite has done so itself. One that a failing disk does
 * not even let end is ended by the next BEGIN, and must not hide why it is being ended.
 */
function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.database.isTransaction) connection.exec('ROLLBACK');
  } catch {
    // Nothing is lost: without a COMMIT nothing was kept.
  }
}
