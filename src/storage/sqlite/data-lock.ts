import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MusterError } from '../../domain/errors.ts';
import { isBusy, storageError } from './errors.ts';
import { discardStaging, isSwapPending, swapIn } from './restore-swap.ts';

/**
 * Who uses a data directory. Commands go beside each other and beside one server; a second server is refused,
 * and a restore wants the directory for itself.
 */
export type DataUse = 'command' | 'server' | 'restore';

/** Long enough for a command that is just ending or a restore that looked and went away. */
const waitMs = 1_000;

/**
 * SQLite's own lock ladder on an empty file says exactly that: SHARED for commands, RESERVED for the server,
 * EXCLUSIVE for a restore. The operating system lets go of it however a process ends, and process numbers that
 * come again (containers) mean nothing to it.
 */
const begins: Readonly<Record<DataUse, string>> = {
  command: 'BEGIN; SELECT count(*) FROM sqlite_schema',
  server: 'BEGIN IMMEDIATE',
  restore: 'BEGIN EXCLUSIVE',
};

const refusals: Readonly<Record<DataUse, (dataDir: string) => string>> = {
  command: (dataDir) => `A restore into ${dataDir} is under way. Try again when it has ended.`,
  server: (dataDir) =>
    `Another Muster server uses the data directory ${dataDir} already. Stop it first, or give this one a directory of its own with MUSTER_DATA_DIR.`,
  restore: (dataDir) =>
    `The data directory ${dataDir} is in use by a running Muster. Stop the server (and let commands end), then restore again.`,
};

/** The claim on a data directory; held until disposed or until the process ends in whatever way. */
export class DataLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Claims the data directory, which is made where it is not there yet, and ends a restore that was broken off
   * in its last step. `conflict` when others are in the way, `storage-read-only` when it cannot be written to.
   */
  static acquire(dataDir: string, use: DataUse): DataLock {
    makeDataDir(dataDir);
    if (use !== 'restore' && isSwapPending(dataDir)) {
      using _alone = DataLock.#claim(dataDir, 'restore');
      swapIn(dataDir);
    }
    const lock = DataLock.#claim(dataDir, use);
    // No restore is under way now, so what one left that was broken off while unpacking is of no use.
    if (!isSwapPending(dataDir)) discardStaging(dataDir);
    return lock;
  }

  static #claim(dataDir: string, use: DataUse): DataLock {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: waitMs });
      database.exec(begins[use]);
      return new DataLock(database);
    } catch (error) {
      database?.close();
      if (isBusy(error)) throw new MusterError('conflict', refusals[use](dataDir));
      throw storageError(error, dataDir);
    }
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function makeDataDir(dataDir: string): void {
  try {
    makeFolders(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new MusterError('bad-request', `${dataDir} is not a folder. Set MUSTER_DATA_DIR to one.`);
    }
    throw new MusterError(
      'storage-read-only',
      `The data directory ${dataDir} cannot be made (${code}). Check the owner and permissions of the folder above it.`,
    );
  }
}

/**
 * One folder after the other: asked to make them all at once, Node 26 never returns where the system says that
 * there is no such place although the folder above is there, as below `/proc`.
 */
function makeFolders(folder: string): void {
  const above = dirname(folder);
  if (above !== folder && !existsSync(above)) makeFolders(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Also where another process was faster.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
