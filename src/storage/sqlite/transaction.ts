import { setTimeout as delay } from 'node:timers/promises';
import { MusterError } from '../../domain/errors.ts';
import type { SqliteConnection } from './connection.ts';

/** How long a write waits for others before it gives up with "busy". */
const writeWaitMs = 60_000;

/**
 * One writer at a time over one connection, begun with BEGIN IMMEDIATE. Another process or worker may
 * hold the file: then it is asked again after a pause, so that the event loop is never blocked.
 */
export class Writer {
  readonly #connection: SqliteConnection;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
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
      if (this.#connection.database.isTransaction) this.#connection.exec('ROLLBACK');
      throw storageError(error);
    }
  }

  async #begin(): Promise<void> {
    const waitUntil = performance.now() + writeWaitMs;
    for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      try {
        this.#connection.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error)) throw storageError(error);
        if (performance.now() > waitUntil) {
          throw new MusterError(
            'busy',
            'Another write of this tenant did not end in time. Try again in a minute.',
          );
        }
        await delay(pauseMs);
      }
    }
  }
}

/** One consistent picture for several reads on a connection of its own. */
export async function readTransaction<T>(connection: SqliteConnection, work: () => Promise<T>): Promise<T> {
  connection.exec('BEGIN');
  try {
    return await work();
  } finally {
    if (connection.database.isTransaction) connection.exec('ROLLBACK');
  }
}

interface SqliteError extends Error {
  errcode: number;
}

function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? (error as SqliteError).errcode & 0xff : undefined;
}

/** Whether SQLite said that somebody else holds the lock (SQLITE_BUSY). */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** Turns what SQLite says of the disk into words for the operator; everything else stays as it is. */
export function storageError(error: unknown): unknown {
  switch (primaryCode(error)) {
    case 8:
      return new MusterError(
        'storage-read-only',
        'The data directory cannot be written to. Check its owner and permissions.',
      );
    case 10:
      return new MusterError(
        'storage-full',
        'The database file could not be written; the disk may be full or failing.',
      );
    case 13:
      return new MusterError(
        'storage-full',
        'The disk is full. Nothing was changed; free some space and send it again.',
      );
    default:
      return error;
  }
}
