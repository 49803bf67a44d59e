import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ReferenceTable } from './reference.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import type { BenchOptions } from './options.ts';

/** As a server comes, but for more memory and log, as anybody gives it who keeps millions of rows. */
const settings = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'autovacuum=on',
  'shared_buffers=512MB',
  'max_wal_size=4GB',
];

/**
 * The PostgreSQL server that is measured: one started for it, whose files lie in the folder for temporary files, or the
 * one that is named. Undefined where the embedded database is measured.
 */
export async function openPostgres(
  engine: BenchOptions['engine'],
): Promise<({ url: string } & AsyncDisposable) | undefined> {
  if (engine === 'sqlite') return undefined;
  if (engine !== 'postgres') return { url: engine.url, async [Symbol.asyncDispose]() {} };
  const server = await startPostgres({ settings, place: tmpdir() });
  // As an installation does it: no superuser, whom row-level security would not bind.
  await ask(server.url, "create role muster_bench login createdb password 'of benches'");
  const url = new URL(server.url);
  url.username = 'muster_bench';
  url.password = 'of benches';
  return { url: url.href, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** A database of its own on the server of `url`, dropped at dispose. `url` is of a login that may make databases. */
export async function freshDatabase(url: string, name: string): Promise<{ url: string } & AsyncDisposable> {
  await ask(url, `drop database if exists ${name}`);
  await ask(url, `create database ${name} template template0`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    async [Symbol.asyncDispose]() {
      await drop(url, name);
    },
  };
}

/** By force, but not against a server that vacuums it just then: that one gives way where it is asked without. */
async function drop(url: string, name: string): Promise<void> {
  const text = `drop database if exists ${name}`;
  await ask(url, `${text} with (force)`).catch(() => ask(url, text));
}

/** A fresh database for the server that is measured; undefined where that is on the embedded one. */
export function placeFor(url: string | undefined): ReturnType<typeof freshDatabase> | undefined {
  return url === undefined ? undefined : freshDatabase(url, 'muster_bench');
}

/** The server's version, and that it can be reached. */
export async function postgresVersion(url: string): Promise<string> {
  const [answer] = await ask(url, 'show server_version');
  return (answer!.rows as { server_version: string }[])[0]!.server_version;
}

/**
 * Seconds that COPY, as psql's `\copy` sends it, takes to bring a file into a fresh table with its indexes. Throws
 * unless the table then holds every row.
 */
export async function copyImport(
  { name, columns, postgres }: ReferenceTable,
  url: string,
  csvFile: string,
  rows: number,
  signal: AbortSignal,
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const started = performance.now();
    await client.query(postgres);
    const list = columns.map((column) => `"${column}"`).join(', ');
    const copy = client.query(copyFrom(`copy ${name} (${list}) from stdin with (format csv, header)`));
    await pipeline(createReadStream(csvFile, { highWaterMark: 256 * 1024 }), copy, { signal });
    const seconds = (performance.now() - started) / 1000;
    const { rows: counted } = await client.query<{ n: string }>(`select count(*) as n from ${name}`);
    if (Number(counted[0]!.n) !== rows) throw new Error(`COPY brought in ${counted[0]!.n} of ${rows} rows.`);
    return seconds;
  } finally {
    await client.end();
  }
}

/** Runs statements on a connection of their own. */
export async function ask(url: string, text: string): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const answer = (await client.query(text)) as pg.QueryResult | pg.QueryResult[];
    return Array.isArray(answer) ? answer : [answer];
  } finally {
    await client.end();
  }
}
