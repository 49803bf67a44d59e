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
        (await inspectGuards(client)) ??
        (await inspectContacts(client)) ??
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

/** What stands in place of the foreign key of contacts: by table. */
const guards = [
  'contact_list.contacts_have_patrons',
  'contact_list.keys_stay',
  'patron.keys_stay',
  'patron.patrons_leave_no_contacts',
];

/** The triggers that keep contacts with their patrons are there and on. */
async function inspectGuards(client: pg.Client): Promise<Finding | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select wanted.name from unnest($1::text[]) as wanted (name)
     where not exists (
       select from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where c.relnamespace = current_schema()::regnamespace and c.relname || '.' || t.tgname = wanted.name
         and t.tgenabled in ('O', 'A'))
     order by wanted.name`,
    [guards],
  );
  if (rows.length === 0) return undefined;
  const names = rows.map(({ name }) => name).join(', ');
  return problem(
    check,
    `The triggers ${names} are off or gone, so contacts may be left without their patron.`,
    'Run for one that is off: ALTER TABLE … ENABLE TRIGGER …; restore one that is gone from src/storage/migrations/postgres/0014_contacts_of_patrons.sql.',
  );
}

/** No contacts are left behind by a patron who is gone; each tenant is looked at as itself. */
async function inspectContacts(client: pg.Client): Promise<Finding | undefined> {
  const { rows: tenants } = await client.query<{ id: number; slug: string }>(
    'select id, slug from tenant order by id',
  );
  for (const { id, slug } of tenants) {
    await client.query(`select set_config('muster.tenant_id', $1, false)`, [id]);
    const { rows } = await client.query<{ stray: number }>(
      `select count(*) as stray from contact_list c where c.tenant_id = $1
       and not exists (select from patron p where p.tenant_id = c.tenant_id and p.id = c.patron_id)`,
      [id],
    );
    const { stray } = rows[0]!;
    if (stray === 0) continue;
    return problem(
      check,
      `In the tenant ${slug}, ${stray} lists of contacts belong to a patron that is not there.`,
      'Keep a copy of the database, and restore the last backup.',
    );
  }
  return undefined;
}
