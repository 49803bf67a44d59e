import { expect, test } from 'vitest';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';
import { insertPatrons, newPatron, upTo } from '../support/records.ts';

/** Who waits to be indexed, of all tenants. */
function noted({ place }: OpenedStorage): Promise<{ singles: number; ranges: number[][] }> {
  return asAdmin(async (client) => {
    const singles = await client.query<{ n: number }>('select count(*)::int as n from search_pending');
    const ranges = await client.query<{ first: number; last: number }>(
      'select first_id::int as first, last_id::int as last from search_pending_range order by tenant_id, first_id',
    );
    return { singles: singles.rows[0]!.n, ranges: ranges.rows.map(({ first, last }) => [first, last]) };
  }, asSuperuser(place.databaseUrl!));
}

test('F10 new patrons of a large write are noted for the search as one row, which shrinks while they are indexed', async () => {
  await using opened = await engines[0]!.open();
  const { main, other } = opened;
  await insertPatrons(
    main,
    upTo(3_000).map((id) => newPatron(id)),
  );
  expect(await noted(opened)).toEqual({ singles: 0, ranges: [[1, 3_000]] });
  expect(await main.catchUpSearch(1_000)).toBe(1_000);
  expect(await noted(opened)).toEqual({ singles: 0, ranges: [[1_001, 3_000]] });
  // Of another tenant the same ids are others.
  expect(await other.catchUpSearch(1_000)).toBe(0);
  await insertPatrons(
    main,
    upTo(2_500).map((id) => newPatron(3_000 + id)),
  );
  expect(await noted(opened)).toEqual({
    singles: 0,
    ranges: [
      [1_001, 3_000],
      [3_001, 5_500],
    ],
  });
  expect(await main.catchUpSearch(2_500)).toBe(2_500);
  expect(await noted(opened)).toEqual({ singles: 0, ranges: [[3_501, 5_500]] });
});

test('F10 nobody is noted twice, be it one by one, as scattered patrons are, or within a range', async () => {
  await using opened = await engines[0]!.open();
  const { main } = opened;
  await insertPatrons(
    main,
    upTo(6_000).map((id) => newPatron(id)),
  );
  while ((await main.catchUpSearch(5_000)) > 0);
  const rename = (ids: readonly number[]) =>
    main.transact((tx) =>
      tx.patrons.update(
        ids.map((id) => newPatron(id, { surname: 'Renamed' })),
        1,
      ),
    );
  const even = upTo(3_000).map((n) => 2 * n);
  await rename(even);
  expect(await noted(opened)).toEqual({ singles: 3_000, ranges: [] });
  await rename(even);
  expect(await noted(opened)).toEqual({ singles: 3_000, ranges: [] });
  await rename(upTo(2_500));
  expect(await noted(opened)).toEqual({ singles: 1_750, ranges: [[1, 2_500]] });
  await rename(upTo(2_500).map((id) => id + 100));
  expect(await noted(opened)).toEqual({
    singles: 1_700,
    ranges: [
      [1, 2_500],
      [2_501, 2_600],
    ],
  });
});
