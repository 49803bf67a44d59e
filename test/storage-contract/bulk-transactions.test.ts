import { describe, expect, test } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { byHand, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';
import { addContacts } from '../support/contact-lists.ts';

/** More than any engine indexes within the transaction that writes them. */
const many = 6_000;

/** How many are noted to be indexed later, by indexing them all. An engine may tell of one step more at the end. */
async function catchUp(store: TenantStore): Promise<number> {
  let total = 0;
  for (;;) {
    const indexed = await store.catchUpSearch(1_000);
    if (indexed <= 1) return total;
    total += indexed;
  }
}

async function idsOf({ read }: TenantStore, q: string): Promise<number[]> {
  const { items } = await read.patrons.search({ q, page: 1, pageSize: 50 });
  return items.map(({ id }) => id);
}

describe.each(engines)('bulk transactions on $name', ({ open }) => {
  test('what is written a few at a time is read at once, whatever differs between the pieces', async () => {
    await using opened = await open();
    const { main } = opened;
    await main.bulkTransact(async (tx) => {
      for (const id of upTo(30)) {
        await tx.patrons.insert([newPatron(id)], { createdRun: null, createdAt: id });
        await addContacts(tx, [newContact(id, id, { contact: `c${id}@x` })], byHand);
        if (id % 10 !== 0) continue;
        expect((await tx.patrons.findById(id))?.createdAt).toBe(id);
        expect(await tx.patrons.count()).toBe(id);
        expect((await tx.contacts.listByPatron(id)).map(({ contact }) => contact)).toEqual([`c${id}@x`]);
        expect(await tx.contacts.count()).toBe(id);
      }
      // Written over, and gone, while it may yet be on its way.
      await tx.patrons.insert([newPatron(31), newPatron(32)], byHand);
      await tx.patrons.update([newPatron(31, { surname: 'Later' })], 9);
      await tx.patrons.remove([32]);
    });
    const stored = await main.read.patrons.listAfter(0, 99);
    expect(stored.map(({ id, createdAt }) => [id, createdAt])).toEqual([
      ...upTo(30).map((id) => [id, id]),
      [31, byHand.createdAt],
    ]);
    expect(stored.at(-1)?.surname).toBe('Later');
    expect(await main.read.contacts.count()).toBe(30);
  });

  test('more than a connection takes at once is all there, each row whole and in its place', async () => {
    await using opened = await open();
    const { main } = opened;
    const classgradeOf = (id: number) => `${id} é `.repeat(300);
    const ids = upTo(8_000);
    await main.bulkTransact(async (tx) => {
      for (let start = 0; start < ids.length; start += 100) {
        const some = ids.slice(start, start + 100);
        await tx.patrons.insert(
          some.map((id) =>
            newPatron(id, { classgrade: classgradeOf(id), barcode: id % 3 === 0 ? '' : `B${id}` }),
          ),
          byHand,
        );
      }
    });
    const stored = await main.read.patrons.listAfter(0, ids.length + 1);
    expect(stored.map(({ id }) => id)).toEqual(ids);
    const wrong = stored.filter(
      ({ id, barcode, classgrade }) =>
        classgrade !== classgradeOf(id) || barcode !== (id % 3 === 0 ? '' : `B${id}`),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test('patrons are counted, block by block, as they come and go', async () => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(
      main,
      upTo(5).map((id) => newPatron(id)),
    );
    await main.bulkTransact(async (tx) => {
      for (let first = 6; first <= 2_500; first += 100) {
        const ids = upTo(Math.min(100, 2_501 - first)).map((place) => first + place - 1);
        await tx.patrons.insert(
          ids.map((id) => newPatron(id)),
          byHand,
        );
        expect(await tx.patrons.count()).toBe(ids.at(-1));
      }
      await tx.patrons.remove([7, 2_048]);
      expect(await tx.patrons.count()).toBe(2_498);
      // Nobody asks any more.
      await tx.patrons.insert([newPatron(2_501)], byHand);
    });
    expect(await main.read.patrons.count()).toBe(2_499);
    const blocks = await main.read.lookup.listBlocks();
    expect(blocks.map(({ patrons }) => patrons)).toEqual([1_022, 1_024, 453]);
  });

  test('patrons that wait to be indexed already are found by what a bulk transaction adds, and wait once', async () => {
    await using opened = await open();
    const { main } = opened;
    const writeContacts = (ids: readonly number[], host: string) =>
      main.bulkTransact((tx) =>
        addContacts(
          tx,
          ids.map((id) => newContact(id, id, { contact: `mail${id}@${host}` })),
          byHand,
        ),
      );
    const rename = (ids: readonly number[], surname: string) =>
      main.bulkTransact((tx) =>
        tx.patrons.update(
          ids.map((id) => newPatron(id, { surname: `${surname}${id}` })),
          2,
        ),
      );
    await main.bulkTransact((tx) =>
      tx.patrons.insert(
        upTo(many).map((id) => newPatron(id)),
        byHand,
      ),
    );
    // All wait but the first thousand.
    await main.catchUpSearch(1_000);
    await writeContacts(upTo(many), 'first.example');
    expect(await idsOf(main, 'mail7@first')).toEqual([7]);
    expect(await idsOf(main, 'mail4321@first')).toEqual([4_321]);
    expect(await catchUp(main)).toBe(many);
    expect(await idsOf(main, 'mail7@first')).toEqual([7]);
    // Every second one waits.
    await rename(
      upTo(many / 2).map((id) => 2 * id),
      'Even',
    );
    await rename(upTo(many), 'All');
    expect(await idsOf(main, 'all4321')).toEqual([4_321]);
    expect(await idsOf(main, 'even4322')).toEqual([]);
    expect(await catchUp(main)).toBe(many);
    expect(await idsOf(main, 'all4321')).toEqual([4_321]);
    expect(await idsOf(main, 'all4322')).toEqual([4_322]);
  });

  test('a patron who is touched twice by a bulk transaction waits once', async () => {
    await using opened = await open();
    const { main } = opened;
    await main.bulkTransact(async (tx) => {
      await tx.patrons.insert(
        upTo(many).map((id) => newPatron(id)),
        byHand,
      );
      for (let round = 0; round < 2; round++) {
        await tx.patrons.update(
          upTo(many).map((id) => newPatron(id, { surname: `Round${round}` })),
          2,
        );
      }
    });
    expect(await catchUp(main)).toBe(many);
    expect((await main.read.patrons.search({ q: 'round1', page: 1, pageSize: 9 })).items).toHaveLength(9);
    expect(await idsOf(main, 'round0')).toEqual([]);
  });
});
