import type pg from 'pg';
import { expect, test } from 'vitest';
import { Pools } from '../../src/storage/postgres/pools.ts';
import { asAdmin, makeDatabase } from '../support/postgres-databases.ts';

test('whatever a server does for long statements, none of ours waits for a compiler', async () => {
  await using database = await makeDatabase();
  await asAdmin(
    (client) =>
      client.query(`do $$ begin
        execute format('alter database %I set jit = on', current_database());
      end $$`),
    database.adminUrl,
  );
  const sizes = { shared: 1, reads: 1, searches: 1, snapshots: 1, writes: 1 };
  await using pools = new Pools(database.url, undefined, sizes);
  const ask = async (client: pg.ClientBase) => (await client.query('show jit')).rows as unknown[];
  const { shared, reads, searches, snapshots, writes } = pools;
  const asked = [shared.run(ask)];
  for (const pool of [reads, searches, snapshots, writes.pool]) {
    const client = await pool.connect();
    asked.push(ask(client).finally(() => client.release()));
  }
  for (const rows of await Promise.all(asked)) expect(rows).toEqual([{ jit: 'off' }]);
});
