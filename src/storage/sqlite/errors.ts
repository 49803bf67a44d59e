import { MusterError } from '../../domain/errors.ts';

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
export function storageError(error: unknown, dataDir?: string): unknown {
  switch (primaryCode(error)) {
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
      return new MusterError(
        'storage-read-only',
        `The data directory${dataDir === undefined ? '' : ` ${dataDir}`} cannot be written to. Check its owner and permissions.`,
      );
    case 10: // SQLITE_IOERR
      return new MusterError(
        'storage-full',
        'The database file could not be written; the disk may be full or failing.',
      );
    case 13: // SQLITE_FULL
      return new MusterError(
        'storage-full',
        'The disk is full. Nothing was changed; free some space and send it again.',
      );
    default:
      return error;
  }
}

/** How long opening waits for another process that makes, recovers or closes the same file. */
const openWaitMs = 30_000;

/**
 * Repeats `work` while somebody else holds the file. Blocks the thread: for the moments when a file is opened,
 * which SQLite's own waiting does not cover (a change to WAL, the recovery after a crash).
 */
export function blockWhileBusy<T>(work: () => T): T {
  const waitUntil = performance.now() + openWaitMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > waitUntil) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
