import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containing, everything, inIndex } from '../../src/storage/postgres/search-settings.ts';
import { asked } from '../support/asked.ts';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';

/** How a search is gone about on PostgreSQL (decision 0014), whatever the server knows of the texts by now. */

let opened: OpenedStorage;

beforeEach(async () => {
  opened = await engines[0]!.open();
  await onServer(async (client) => {
    await client.query(
      `insert into patron_search (tenant_id, patron_id, text)
       select 1, id, 'p' || id || ' somebody ' || md5(id::text) || chr(10) from generate_series(1, 40000) as id`,
    );
  });
});
afterEach(() => opened[Symbol.asyncDispose]());

/** By which a server starts other processes for the least. */
const eagerness = [
  'max_parallel_workers_per_gather = 4',
  'parallel_setup_cost = 0',
  'parallel_tuple_cost = 0',
  'min_parallel_table_scan_size = 0',
  'min_parallel_index_scan_size = 0',
];

function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return asAdmin(work, asSuperuser(opened.place.databaseUrl!));
}

/** The plans of what a search for one word asks of the table of texts. */
async function plansOf(word: string): Promise<string[]> {
  // One that has not searched before, and so keeps no sample.
  const { read } = await (await opened.openAgain()).tenant('main');
  const statements = await asked(() => read.lookup.listContaining([word], { afterId: 0, limit: 50 }));
  return onServer(async (client) => {
    await client.query(`begin; set local role muster_test`);
    await client.query(`select set_config('muster.tenant_id', '1', true)`);
    for (const name of eagerness) await client.query(`set local ${name}`);
    const plans: string[] = [];
    for (const { text, values } of statements) {
      if (!text.includes('patron_search')) continue;
      // As the search says them: everything for what is gone through in order, the word for what the index finds.
      const isInOrder = /as texts|strpos/.test(text);
      for (const setting of (isInOrder ? everything : inIndex(word, [containing(word)])).settings) {
        await client.query('select set_config($1, $2, true)', [...setting]);
      }
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    await client.query('rollback');
    return plans;
  });
}

test('F10 a search samples the first texts in order, before VACUUM and after, and then finds the others by the index', async () => {
  const sampleOf = async (when: string) => {
    const [sample, finding, ...more] = await plansOf('p39999');
    expect(more).toEqual([]);
    expect(sample, when).toContain('Index Scan using patron_search_pkey');
    expect(sample, when).not.toMatch(/(?:Bitmap Heap|Seq) Scan on patron_search\b/);
    return finding;
  };
  await sampleOf('before VACUUM');
  await onServer((client) => client.query('vacuum (analyze) patron_search'));
  const finding = await sampleOf('after VACUUM');
  expect(finding).toContain('Bitmap Index Scan on patron_search_text');
  expect(finding).not.toMatch(/patron_search_pkey|Seq Scan on patron_search\b/);
});

test('F10 what everybody contains is looked for in order, text by text, before VACUUM and after', async () => {
  const expectInOrder = async (when: string) => {
    const plans = await plansOf('somebody');
    expect(plans.length).toBeGreaterThan(1);
    for (const plan of plans) {
      expect(plan, when).toContain('Index Scan using patron_search_pkey');
      expect(plan, when).not.toMatch(/(?:Bitmap Heap|Seq) Scan on patron_search\b/);
    }
  };
  await expectInOrder('before VACUUM');
  await onServer((client) => client.query('vacuum (analyze) patron_search'));
  await expectInOrder('after VACUUM');
});

test.each(['p39999', 'somebody'])(
  'a search for %s starts no other processes, which would take longer than it does',
  async (word) => {
    await onServer((client) => client.query('vacuum (analyze) patron_search'));
    const plans = await plansOf(word);
    expect(plans.length).toBeGreaterThan(1);
    for (const plan of plans) expect(plan).not.toContain('Gather');
  },
);
