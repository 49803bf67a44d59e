import type pg from 'pg';
import { readMigrations, refuseNewer, type MigrationFile } from '../migration-files.ts';

/** Every migration of this engine in order. */
export function listMigrations(): MigrationFile[] {
  return readMigrations('postgres');
}

/** The number of the newest migration this program knows. */
export function newestMigration(): number {
  return listMigrations().at(-1)!.number;
}

/** The names of all tables that migrations make. */
export function listTables(): string[] {
  return listMigrations().flatMap(({ text }) =>
    [...text.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name!),
  );
}

/**
 * The tables that stand outside every tenant, and so behind no wall: which tenants there are, and what is looked up
 * before it is known whose it is.
 */
export const outsideTables: readonly string[] = [
  'tenant',
  'tenant_host',
  'lease',
  'api_client',
  'api_credential',
  'one_time_code',
  'api_session',
  'spent_renew_token',
];

/** The number of the last migration a database has had; 0 for a new one. */
export async function appliedVersion(client: pg.ClientBase): Promise<number> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    `select to_regclass('schema_migration') is not null as there`,
  );
  if (tables[0]?.there !== true) return 0;
  const { rows } = await client.query<{ number: number | null }>(
    'select max(number) as number from schema_migration',
  );
  return Number(rows[0]?.number ?? 0);
}

/**
 * Brings a database up to this program's schema, within the running transaction, which keeps others out. Refuses one
 * that a newer Muster has migrated, since this one cannot know what its tables mean.
 */
export async function migrate(client: pg.ClientBase, now: number): Promise<void> {
  const migrations = listMigrations();
  const newest = migrations.at(-1)!.number;
  const applied = await appliedVersion(client);
  refuseNewer(applied, newest);
  if (applied === newest) return;
  if (applied === 0) {
    await client.query(
      'create table if not exists schema_migration (number bigint primary key, name text not null, applied_at bigint not null)',
    );
  }
  for (const { number, name, text } of migrations.filter((migration) => migration.number > applied)) {
    await client.query(text);
    await client.query('insert into schema_migration (number, name, applied_at) values ($1, $2, $3)', [
      number,
      name,
      now,
    ]);
  }
}
