import { expect, test } from 'vitest';
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
