import { readMigrations, refuseNewer, type MigrationFile } from '../migration-files.ts';
import type { SqliteConnection } from './connection.ts';
import { blockWhileBusy } from './errors.ts';

/** Which of the two kinds of database file a migration is for: its first line says so. */
export type DatabaseKind = 'system' | 'tenant';

export interface Migration extends MigrationFile {
  readonly database: DatabaseKind;
}

/** Every migration of the embedded engine in order. */
export function listMigrations(): Migration[] {
  return readMigrations('sqlite').map((file) => {
    const database = /^-- database: (system|tenant)\n/.exec(file.text)?.[1];
    if (!database) throw new Error(`${file.name} does not say in its first line which database it is for`);
    return { ...file, database: database as DatabaseKind };
  });
}

/** The number of the newest migration this program knows for a kind of database. */
export function newestMigration(kind: DatabaseKind): number {
  return listMigrations().findLast((migration) => migration.database === kind)!.number;
}

/**
 * Brings a database file up to this program's schema; many may do so at once. Refuses a file that a newer
 * Muster has migrated, since this one cannot know what its tables mean.
 */
export function migrate(connection: SqliteConnection, kind: DatabaseKind, now: number): void {
  const migrations = listMigrations().filter((migration) => migration.database === kind);
  const newest = migrations.at(-1)!.number;
  // At start nobody is served yet, so waiting for another starter may block.
  if (blockWhileBusy(() => appliedVersion(connection)) === newest) return;
  blockWhileBusy(() => connection.exec('BEGIN IMMEDIATE'));
  try {
    connection.exec(
      `CREATE TABLE IF NOT EXISTS schema_migration (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`,
    );
    const applied = appliedVersion(connection);
    refuseNewer(applied, newest);
    for (const { number, name, text } of migrations.filter((migration) => migration.number > applied)) {
      connection.exec(text);
      connection.run('INSERT INTO schema_migration (number, name, applied_at) VALUES (?, ?, ?)', [
        number,
        name,
        now,
      ]);
    }
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.database.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** The number of the last migration a database has had; 0 for a new one. */
export function appliedVersion(connection: SqliteConnection): number {
  const [table] = connection.all(`select 1 from sqlite_schema where name = 'schema_migration'`);
  if (!table) return 0;
  const [row] = connection.all<{ number: number | null }>(
    'select max(number) as number from schema_migration',
  );
  return row?.number ?? 0;
}
