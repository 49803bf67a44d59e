import type { SqliteConnection } from './connection.ts';
import { pagesWaiting } from './log-state.ts';

/** As much as SQLite lets wait by itself. */
const pagesMax = 1_000;
/** More than this is of a large write elsewhere, and takes longer to fold than a thread that serves may stand still. */
const pagesAtOnce = 4_000;
/** In such a time whoever wrote so much has folded it, unless it is gone. */
const patienceMs = 2_000;

/**
 * Folds the log (WAL) of a file into it, for a thread that serves: after its commits, as SQLite would, but for what an
 * import has just committed. SQLite would have the single write that comes right behind it fold all of that; here it is
 * left to the thread of the import, and looked for once more later.
 *
 * State: the timer of that.
 */
export class PatientFolder implements Disposable {
  readonly #connection: SqliteConnection;
  #later: NodeJS.Timeout | undefined;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    connection.exec('PRAGMA wal_autocheckpoint = 0');
  }

  /** To be called after each commit. */
  committed(): void {
    const pages = this.#waiting();
    if (pages <= pagesMax) return;
    if (pages <= pagesAtOnce) this.#fold();
    else {
      this.#later ??= setTimeout(() => {
        this.#later = undefined;
        if (this.#waiting() > pagesMax) this.#fold();
      }, patienceMs).unref();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#later);
  }

  /** How many pages of the log are not in the file yet. */
  #waiting(): number {
    try {
      return pagesWaiting(this.#connection) ?? 0;
    } catch {
      return 0;
    }
  }

  #fold(): void {
    try {
      this.#connection.all('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // What was committed is in the log; a later commit folds it.
    }
  }
}
