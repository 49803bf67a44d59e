import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { listTables } from '../../src/storage/postgres/migrate.ts';

/** Address of a superuser's database, set by the global set-up or by hand. */
const adminVariable = 'MUSTER_TEST_DATABASE_URL';
/** A login as one should be: it owns its databases and is no superuser. */
const login = 'muster_test';
const password = 'of tests alone';
const template = 'muster_test_template';

/** A database of one test, with the schema of this program and nothing in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** The same for the superuser, whom row-level security does not bind. */
  readonly adminUrl: string;
}

export function adminUrl(): string {
  const url = process.env[adminVariable];
  if (!url) throw new Error(`${adminVariable} is not set: run these tests with “npm test” or “npx vitest”.`);
  return url;
}

/** Runs statements as the superuser, in its own database or another. */
export async function asAdmin<T>(work: (client: pg.Client) => Promise<T>, url = adminUrl()): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the login that tests use, and the database that theirs are copies of; `migrate` fills it. */
export async function makeTemplate(migrate: (url: string) => Promise<void>): Promise<void> {
  await asAdmin(async (client) => {
    const known = await client.query('select from pg_roles where rolname = $1', [login]);
    if (known.rowCount === 0) {
      await client.query(`create role ${login} login createdb password '${password}'`);
    }
    // What an earlier run on the same server has left may have another schema.
    await client.query('create table if not exists muster_test_free (name text primary key)');
    const left = await client.query<{ name: string }>('delete from muster_test_free returning name');
    for (const name of [template, ...left.rows.map((row) => row.name)]) {
      await client.query(`drop database if exists ${name} with (force)`);
    }
    await client.query(`create database ${template} owner ${login}`);
  });
  await migrate(urlOf(template));
}

/**
 * Gives a database to a test: one that an earlier test has given back, emptied, where there is one, since making one
 * takes much longer. `empty`: without even the schema, for tests of that, and dropped afterwards.
 */
export async function makeDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = await asAdmin(async (client) => {
    const free = empty ? undefined : await client.query<{ name: string }>(takeFree);
    if (free?.rows[0]) return free.rows[0].name;
    const made = `muster_test_${randomUUID().replaceAll('-', '')}`;
    await client.query(`create database ${made} owner ${login} template ${empty ? 'template0' : template}`);
    return made;
  });
  return {
    url: urlOf(name),
    adminUrl: urlOf(name, adminUrl()),
    async [Symbol.asyncDispose]() {
      if (empty) await asAdmin((client) => client.query(`drop database if exists ${name} with (force)`));
      else await giveBack(name);
    },
  };
}

const takeFree = `delete from muster_test_free
  where name = (select name from muster_test_free for update skip locked limit 1) returning name`;

async function giveBack(name: string): Promise<void> {
  const isAsNew = await asAdmin(
    async (client) => {
      await client.query(
        'select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      );
      const { rows } = await client.query<{ known: boolean }>(
        'select max(reltuples) >= 0 as known from pg_class where relname = any ($1)',
        [listTables()],
      );
      if (rows[0]!.known) return false;
      // Little lies in them, so this is quicker than TRUNCATE, which makes new files.
      await client.query(
        listTables()
          .toReversed()
          .map((table) => `delete from ${table}`)
          .join('; '),
      );
      return true;
    },
    urlOf(name, adminUrl()),
  );
  await asAdmin(async (client) => {
    // Statistics of what lay in it would lead the planner astray about what comes.
    if (!isAsNew) await client.query(`drop database ${name} with (force)`);
    else await client.query('insert into muster_test_free (name) values ($1)', [name]);
  });
}

/** Everything in the tables of a test's database, of all tenants, as text. */
export function everyRow(url: string): Promise<string> {
  return asAdmin(async (client) => {
    const texts: string[] = [];
    for (const table of listTables()) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${table} as t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  }, asSuperuser(url));
}

/** The same database, for the superuser. */
export function asSuperuser(url: string): string {
  return urlOf(new URL(url).pathname.slice(1), adminUrl());
}

function urlOf(database: string, as?: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  if (as !== undefined) return url.href;
  url.username = login;
  url.password = password;
  return url.href;
}
