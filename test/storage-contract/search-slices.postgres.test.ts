import { expect, test } from 'vitest';
import { asked } from '../support/asked.ts';
import { engines } from '../support/engines.ts';
import { insertPatrons, newPatron } from '../support/records.ts';

const both = { firstname: 'Grace', surname: 'Hughes' };
/** Those by whom the way is chosen, none of whom is looked for. */
const first = Array.from({ length: 2_000 }, (_, n) => newPatron(n + 2));
/** At both ends of slices of 65,536 patrons, with whole slices between that have nobody. */
const having = [65_535, 65_536, 131_072, 700_000, 1_000_000];
/** Contain one of the words. */
const others = [1, 65_537, 700_001, 999_999].map((id) => newPatron(id, { firstname: 'Grace' }));

test('F10 who is found slice by slice is found in order, none of them twice and none left out, page by page', async () => {
  await using opened = await engines[0]!.open();
  const { main, other } = opened;
  await insertPatrons(main, first);
  await insertPatrons(main, [...having.map((id) => newPatron(id, both)), ...others]);
  await insertPatrons(
    other,
    [65_536, 800_000].map((id) => newPatron(id, both)),
  );
  const list = (afterId: number, limit: number) =>
    main.read.lookup.listContaining(['grace', 'hughes'], { afterId, limit });
  const statements = await asked(async () => expect(await list(0, 3)).toEqual(having.slice(0, 3)));
  // Else it would not be about slices.
  expect(statements.filter(({ text }) => text.includes('patron_search as found')).length).toBeGreaterThan(1);
  // A slice that has half of those wanted is followed by the next one, one that has fewer by the whole index.
  for (const limit of [1, 2, 4, 9]) expect(await list(0, limit)).toEqual(having.slice(0, limit));
  expect(await list(65_534, 2)).toEqual(having.slice(0, 2));
  expect(await list(65_535, 3)).toEqual(having.slice(1, 4));
  expect(await list(131_072, 3)).toEqual(having.slice(3));
  expect(await list(1_000_000, 3)).toEqual([]);
});

test('F10 patrons of a slice that has just begun are found, though the sample is of before', async () => {
  await using opened = await engines[0]!.open();
  const { main } = opened;
  await insertPatrons(main, first);
  await insertPatrons(
    main,
    having.map((id) => newPatron(id, both)),
  );
  const list = () => main.read.lookup.listContaining(['grace', 'hughes'], { afterId: 0, limit: 9 });
  expect(await list()).toEqual(having);
  await insertPatrons(main, [newPatron(2_000_000, both)]);
  expect(await list()).toEqual([...having, 2_000_000]);
});

test('F10 whose text has what stands for nobody in a slice is found in its own slice, after those before', async () => {
  await using opened = await engines[0]!.open();
  await insertPatrons(opened.main, first);
  await insertPatrons(opened.main, [
    ...having.map((id) => newPatron(id, both)),
    newPatron(1_000_001, { ...both, room: 'qzqzq' }),
  ]);
  const list = (limit: number) =>
    opened.main.read.lookup.listContaining(['grace', 'hughes'], { afterId: 0, limit });
  expect(await list(2)).toEqual(having.slice(0, 2));
  expect(await list(9)).toEqual([...having, 1_000_001]);
});

test('F10 within a write, who has been written in it is found slice by slice too', async () => {
  await using opened = await engines[0]!.open();
  await insertPatrons(opened.main, first);
  await insertPatrons(opened.main, [...having.map((id) => newPatron(id, both)), ...others]);
  await opened.main.transact(async (tx) => {
    await tx.patrons.update([newPatron(700_000), newPatron(700_001, both)], 1);
    expect(await tx.lookup.listContaining(['grace', 'hughes'], { afterId: 131_072, limit: 3 })).toEqual([
      700_001, 1_000_000,
    ]);
    expect((await tx.patrons.search({ q: 'hughes', page: 1, pageSize: 9 })).total).toBe(having.length);
    expect((await tx.patrons.search({ q: 'grace', page: 1, pageSize: 9 })).total).toBe(8);
  });
});
