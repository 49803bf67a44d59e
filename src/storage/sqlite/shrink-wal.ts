import { statSync } from 'node:fs';
import type { SqliteConnection } from './connection.ts';

/**
 * Cuts a log that grew beyond `bytesMax`. The commit has copied it into the file; what is left is a file as
 * large as the import. Where a reader still looks into it, or the disk fails, it stays until a later write.
 */
export function shrinkWal(connection: SqliteConnection, walFile: string, bytesMax: number): void {
  const size = statSync(walFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= bytesMax) return;
  try {
    connection.all('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // What was committed is in the log, whatever becomes of it now.
  }
}
