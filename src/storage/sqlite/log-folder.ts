import { statSync } from 'node:fs';
import type { SqliteConnection } from './connection.ts';
import { pagesWaiting } from './log-state.ts';

/** As much as SQLite lets wait by itself. */
const pagesMax = 1_000;
/** More than this is not left to wait, even if the thread does not come to rest. */
const pagesUrgent = 10_000;
/** A thread that gets nothing to do for so long is at rest: what was just received is mostly done at once. */
const restMs = 50;

/**
 * Folds the log (WAL) of a file into it, for a thread that may block. SQLite would do so within the commit, which
 * after a large import doubles the wait for it. What is committed is safe in the log, so here it is folded
 * once the thread is at rest, which is after whoever waits for the import has been told.
 */
export class LogFolder implements Disposable {
  readonly #connection: SqliteConnection;
  readonly #logFile: string;
  readonly #bytesMax: number;
  #waiting: NodeJS.Timeout | undefined;

  /** A log that grew beyond `bytesMax` is cut off once it is folded. */
  constructor(connection: SqliteConnection, file: string, bytesMax: number) {
    this.#connection = connection;
    this.#logFile = `${file}-wal`;
    this.#bytesMax = bytesMax;
    connection.exec('PRAGMA wal_autocheckpoint = 0');
  }

  /**
   * To be called between transactions, before one begins: what may wait no longer is folded then, and not right after
   * a commit, whose caller is waited for.
   */
  beforeWrite(): void {
    if (this.#waiting !== undefined) this.#foldBeyond(pagesUrgent);
  }

  /** To be called after each commit. */
  committed(): void {
    this.#waiting?.refresh();
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#foldBeyond(pagesMax);
    }, restMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#waiting);
  }

  /**
   * Folds the log where more pages of it are not in the file yet, or its file is too large. While a reader still
   * looks into it, or the disk fails, it stays until a later commit.
   */
  #foldBeyond(pages: number): void {
    try {
      const waiting = pagesWaiting(this.#connection);
      if (waiting === undefined || (waiting <= pages && !this.#isTooLarge())) return;
      // Stands in nobody's way; what is left to be done while others wait is then short.
      this.#connection.all('PRAGMA wal_checkpoint(PASSIVE)');
      if (this.#isTooLarge()) this.#connection.all('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What was committed is in the log, whatever becomes of it now.
    }
  }

  #isTooLarge(): boolean {
    return (statSync(this.#logFile, { throwIfNoEntry: false })?.size ?? 0) > this.#bytesMax;
  }
}
