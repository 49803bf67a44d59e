import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ReferenceTable } from './reference.ts';

/** A database of its own on the server of `url`, dropped at dispose. `url` is of a login that may make databases. */
export async function freshDatabase(url: string, name: string): Promise<{ url: string } & AsyncDisposable> {
  await ask(url, `drop database if exists ${name}`);
  await ask(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    async [Symbol.asyncDispose]() {
      await ask(url, `drop database if exists ${name} with (force)`);
    },
  };
}

/** A fresh database for the server that is measured; undefined where that is on the embedded one. */
export function placeFor(url: string | undefined): ReturnType<typeof freshDatabase> | undefined {
  return url === undefined ? undefined : freshDatabase(url, 'muster_bench');
}

/** The server's version, and that it can be reached. */
export async function postgresVersion(url: string): Promise<string> {
  const [row] = await ask<{ server_version: string }>(url, 'show server_version');
  return row!.server_version;
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

async function ask<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
