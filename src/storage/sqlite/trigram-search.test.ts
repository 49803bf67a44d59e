import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { insertPatrons, newPatron } from '../../../test/support/records.ts';
import { SqliteConnection } from './connection.ts';
import { SqliteStorage } from './sqlite-storage.ts';

test('once very many have been caught up with the search index is one part again, and finds the same', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-merge-'));
  try {
    await using storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
    await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
    const store = await storage.tenant('main');
    using outside = new SqliteConnection(join(dataDir, 'tenants', 'main.db'), { busyTimeoutMs: 0 });
    const partsOf = () =>
      outside.all<{ n: number }>('select count(distinct segid) as n from patron_search_idx')[0]!.n;
    const ids = async (q: string) =>
      (await store.read.patrons.search({ q, page: 1, pageSize: 9 })).items.map(({ id }) => id);

    await insertPatrons(
      store,
      Array.from({ length: 20_500 }, (_, index) => newPatron(index + 1, { surname: `Person${index + 1}` })),
    );
    let partsMost = 0;
    while ((await store.catchUpSearch(1_000)) > 0) partsMost = Math.max(partsMost, partsOf());
    expect(partsMost).toBeGreaterThan(1);
    expect(partsOf()).toBe(1);
    expect(await ids('person20499')).toEqual([20_499]);
    expect(await store.catchUpSearch(1_000)).toBe(0);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
