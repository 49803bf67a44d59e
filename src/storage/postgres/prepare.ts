import pg from 'pg';
import { MusterError } from '../../domain/errors.ts';
import { codeOf, storageError } from './errors.ts';
import { grantRights, settleRole } from './login.ts';
import { appliedVersion, listTables, migrate } from './migrate.ts';
import { connectionConfig } from './pools.ts';
import { readColumnTypes, type ColumnTypes } from './staging.ts';
import { lockSpace } from './transaction.ts';

const versionMin = 150_000;
/** The second half of the advisory lock under which one starter after the other prepares the database. */
const preparing = -1;
const extensions = ['pg_trgm', 'btree_gin'];

export interface Prepared {
  /** What every connection steps down to. */
  readonly role: string | undefined;
  readonly columnTypes: ColumnTypes;
}

/** Runs some work on a connection of the login itself, which is closed afterwards. */
export async function withLogin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionConfig(url));
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw startError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes a database ready to be used by this program: role, extensions, schema, rights. Many may do so at once. */
export function prepareDatabase(url: string, now: number): Promise<Prepared> {
  return withLogin(url, async (client) => {
    await refuseOldServer(client);
    const role = await settleRole(client);
    await client.query(`begin; select pg_advisory_xact_lock(${lockSpace}, ${preparing})`);
    if ((await appliedVersion(client)) === 0) await makeExtensions(client);
    await migrate(client, now);
    if (role !== undefined) await grantRights(client, role, listTables());
    await client.query('commit');
    return { role, columnTypes: await readColumnTypes(client) };
  });
}

/**
 * The same for a further thread of a program that has prepared the database already. It is not asked again how new that
 * is: a newer program may have been started beside this one, which goes on until it is started again.
 */
export function lookUpDatabase(url: string): Promise<Prepared> {
  return withLogin(url, async (client) => ({
    role: await settleRole(client),
    columnTypes: await readColumnTypes(client),
  }));
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  if (Number(rows[0]!.number) >= versionMin) return;
  throw new MusterError(
    'bad-request',
    `MUSTER_DATABASE_URL is a PostgreSQL ${rows[0]!.version}; Muster needs 15 or newer.`,
  );
}

async function makeExtensions(client: pg.Client): Promise<void> {
  for (const name of extensions) {
    const known = await client.query('select from pg_extension where extname = $1', [name]);
    if (known.rowCount !== 0) continue;
    const available = await client.query('select from pg_available_extensions where name = $1', [name]);
    if (available.rowCount === 0) {
      throw new MusterError(
        'conflict',
        `The PostgreSQL server lacks the extension ${name}, which searches need. Install its “contrib” package (Debian: postgresql-contrib; it is part of the usual server packages and images), then start again.`,
      );
    }
    try {
      await client.query(`create extension if not exists ${name}`);
    } catch (error) {
      if (codeOf(error) !== '42501') throw error;
      throw new MusterError(
        'forbidden',
        `The login of MUSTER_DATABASE_URL may not make the extension ${name} in its database. Let its owner or a superuser run once: CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin;`,
      );
    }
  }
}

/** What keeps a start from going on, in words for the operator. */
function startError(error: unknown): unknown {
  switch (codeOf(error)) {
    case '28000':
    case '28P01':
      return new MusterError(
        'bad-request',
        `The database refuses the login of MUSTER_DATABASE_URL: ${words(error)}.`,
      );
    case '3D000':
      return new MusterError(
        'bad-request',
        `MUSTER_DATABASE_URL names a database that is not there: ${words(error)}. Make it first: CREATE DATABASE … OWNER …;`,
      );
    case '42501':
      return new MusterError(
        'forbidden',
        `The login of MUSTER_DATABASE_URL lacks rights: ${words(error)}. It should own its database, or schema public of it.`,
      );
    default:
      return storageError(error);
  }
}

function words(error: unknown): string {
  return (error as Error).message;
}
