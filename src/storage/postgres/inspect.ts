import type pg from 'pg';
import { MusterError } from '../../domain/errors.ts';
import { good, problem, warning, type Finding } from '../../ports/finding.ts';
import { appliedVersion, listTables, newestMigration, outsideTables } from './migrate.ts';
import { withLogin } from './prepare.ts';

const check = 'database';

/** Looks at the database, by reading only. */
export async function inspectDatabase(url: string): Promise<Finding[]> {
  try {
    return await withLogin(url, async (client) => [
      (await inspectSchema(client)) ??
        (await inspectWalls(client)) ??
        good(check, `PostgreSQL ${await serverVersion(client)}, schema ${newestMigration()}`),
    ]);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return [
      problem(
        check,
        error.message,
        'Check MUSTER_DATABASE_URL and the server; docs/operations/postgresql.md.',
      ),
    ];
  }
}

async function serverVersion(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  return rows[0]!.version;
}

async function inspectSchema(client: pg.Client): Promise<Finding | undefined> {
  const version = await appliedVersion(client);
  const newest = newestMigration();
  if (version === newest) return undefined;
  if (version > newest) {
    const advice = 'Start the newer program, or restore a backup made before the upgrade.';
    return problem(check, `Schema ${version} is newer than this program’s ${newest}.`, advice);
  }
  if (version === 0) return problem(check, 'There is no Muster data in it yet.', 'Start the server once.');
  const finding = `Schema ${version} is older than this program’s ${newest}.`;
  return warning(check, finding, 'Make a backup; the next start brings it up to date.');
}

/** Every table that names a tenant has its policies, and they bind the owner too. */
async function inspectWalls(client: pg.Client): Promise<Finding | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relname = any ($1)
       and c.relname <> all ($2)
       and not (c.relrowsecurity and c.relforcerowsecurity
         and exists (select from pg_policy where polrelid = c.oid))
     order by c.relname`,
    [listTables(), outsideTables],
  );
  if (rows.length === 0) return undefined;
  const names = rows.map(({ name }) => name).join(', ');
  return problem(
    check,
    `The wall between tenants is open in ${names}.`,
    'Run for each: ALTER TABLE … ENABLE ROW LEVEL SECURITY; ALTER TABLE … FORCE ROW LEVEL SECURITY; and restore its policies from src/storage/migrations/postgres.',
  );
}
