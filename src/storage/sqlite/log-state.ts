import type { SqliteConnection } from './connection.ts';

/** How many pages of the log (WAL) are not in the file yet; undefined where there is no log. */
export function pagesWaiting(connection: SqliteConnection): number | undefined {
  const [state] = connection.all<{ log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)');
  return state && state.log - state.checkpointed;
}
