import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { insertPatrons, newPatron, upTo } from '../../../test/support/records.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { SqliteConnection } from './connection.ts';
import { SqliteStorage } from './sqlite-storage.ts';

async function openMain(): Promise<{ store: TenantStore; partsOf: () => number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-merge-'));
  const storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  const outside = new SqliteConnection(join(dataDir, 'tenants', 'main.db'), { busyTimeoutMs: 0 });
  onTestFinished(async () => {
    outside[Symbol.dispose]();
    await storage[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const partsOf = () =>
    outside.all<{ n: number }>('select count(distinct segid) as n from patron_search_idx')[0]!.n;
  return { store: await storage.tenant('main'), partsOf };
}

const persons = (count: number) => upTo(count).map((id) => newPatron(id, { surname: `Person${id}` }));

test('once very many have been caught up with the search index is one part again, and finds the same', async () => {
  const { store, partsOf } = await openMain();
  const ids = async (q: string) =>
    (await store.read.patrons.search({ q, page: 1, pageSize: 9 })).items.map(({ id }) => id);

  await insertPatrons(store, persons(20_500));
  let partsMost = 0;
  while ((await store.catchUpSearch(1_000)) > 0) partsMost = Math.max(partsMost, partsOf());
  expect(partsMost).toBeGreaterThan(1);
  expect(partsOf()).toBe(1);
  expect(await ids('person20499')).toEqual([20_499]);
  expect(await store.catchUpSearch(1_000)).toBe(0);
});

test('edits one by one are made one part with the rest once they are more than a small share of it', async () => {
  const { store, partsOf } = await openMain();
  const everybody = persons(3_000);
  await insertPatrons(store, everybody);
  while ((await store.catchUpSearch(1_000)) > 0);
  expect(partsOf()).toBe(1);

  for (const patron of everybody.slice(0, 150)) {
    await store.transact((tx) => tx.patrons.update([{ ...patron, room: `Q${patron.id}x` }], 1));
  }
  expect(partsOf()).toBeGreaterThan(1);
  while ((await store.catchUpSearch(1_000)) > 0);
  expect(partsOf()).toBe(1);
  expect(await store.read.lookup.listContaining(['q149x'], { afterId: 0, limit: 9 })).toEqual([149]);
});

test('F10 a search whose turn is over goes on where it was, with those who wait for the index in their places', async () => {
  const { store } = await openMain();
  const everybody = persons(3_000);
  await insertPatrons(store, everybody);
  while ((await store.catchUpSearch(1_000)) > 0);
  const renamed = new Set(upTo(20).map((n) => n * 140));
  const renaming = everybody.filter(({ id }) => renamed.has(id));
  await store.transact((tx) =>
    tx.patrons.update(
      renaming.map((one) => ({ ...one, surname: 'Other' })),
      1,
    ),
  );
  const standing = upTo(3_000).filter((id) => !renamed.has(id));

  // Each look at the clock finds the turn over.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
  onTestFinished(() => clock.mockRestore());
  const list = (word: string, afterId: number, limit: number) =>
    store.read.lookup.listContaining([word], { afterId, limit });
  expect(await list('person', 0, 5_000)).toEqual(standing);
  expect(await list('person', 1_000, 700)).toEqual(standing.filter((id) => id > 1_000).slice(0, 700));
  expect(await list('other', 0, 5_000)).toEqual([...renamed]);
  expect(clock).toHaveBeenCalled();
});
