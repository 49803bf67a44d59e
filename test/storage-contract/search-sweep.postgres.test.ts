import { expect, onTestFinished, test, vi } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';
import { insertPatrons, newPatron, upTo } from '../support/records.ts';

/** Texts that the server knows of by its statistics; −1: it has never looked. */
async function textsKnown({ place }: OpenedStorage): Promise<number> {
  return asAdmin(async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select reltuples::int as n from pg_class where relname = 'patron_search'`,
    );
    return rows[0]!.n;
  }, asSuperuser(place.databaseUrl!));
}

/** Pages of the index's list that are yet to be sorted in; none afterwards. */
async function pagesListed({ place }: OpenedStorage): Promise<number> {
  return asAdmin(async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select gin_clean_pending_list('patron_search_text')::int as n`,
    );
    return rows[0]!.n;
  }, asSuperuser(place.databaseUrl!));
}

async function catchUp(store: TenantStore): Promise<void> {
  while ((await store.catchUpSearch(5_000)) > 0);
}

test('F10 once very many patrons are indexed, the server has looked at their texts; a few do not make it look', async () => {
  await using opened = await engines[0]!.open();
  const before = await textsKnown(opened);
  await insertPatrons(
    opened.main,
    upTo(3_000).map((id) => newPatron(id)),
  );
  await catchUp(opened.main);
  expect(await textsKnown(opened)).toBe(before);
  await insertPatrons(
    opened.main,
    upTo(20_000).map((id) => newPatron(3_000 + id)),
  );
  await catchUp(opened.main);
  expect(await textsKnown(opened)).toBe(23_000);
});

test('F10 what single edits have written is sorted into the index where nothing waits to be indexed', async () => {
  await using opened = await engines[0]!.open();
  // So that it is not done in a moment by itself.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await insertPatrons(opened.main, [newPatron(1), newPatron(2)]);
  // Else it would not be about that list.
  expect(await pagesListed(opened)).toBeGreaterThan(0);
  await insertPatrons(opened.main, [newPatron(3)]);
  await catchUp(opened.main);
  expect(await pagesListed(opened)).toBe(0);
});
