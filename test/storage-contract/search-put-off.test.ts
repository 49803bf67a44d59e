import { describe, expect, test } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { insertContacts, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';
import { removeContacts } from '../support/contact-lists.ts';

/** More than any engine indexes within the transaction that writes them. */
const many = 3_000;

async function ids({ read }: TenantStore, q: string): Promise<number[]> {
  const found = await read.patrons.search({ q, page: 1, pageSize: 50 });
  return found.items.map(({ id }) => id).sort((a, b) => a - b);
}

async function catchUp(store: TenantStore): Promise<void> {
  while ((await store.catchUpSearch(500)) > 0);
}

describe.each(engines)('indexing put off on $name', ({ open }) => {
  test('patrons and e-mails of a large write are found before they are indexed, and the same after', async () => {
    await using opened = await open();
    await insertPatrons(
      opened.main,
      upTo(many).map((id) => newPatron(id, { surname: `Person${id}` })),
    );
    await insertContacts(
      opened.main,
      upTo(many).map((id) => newContact(id, id, { contact: `mail${id}@school.example` })),
    );
    expect(await ids(opened.main, 'person2999')).toEqual([2999]);
    expect(await ids(opened.main, 'mail2999@school')).toEqual([2999]);
    await catchUp(opened.main);
    expect(await opened.main.catchUpSearch(500)).toBe(0);
    expect(await ids(opened.main, 'person2999')).toEqual([2999]);
    expect(await ids(opened.main, 'mail2999@school')).toEqual([2999]);
  });

  test('what changes or goes while indexing is put off is found as it stands, before and after', async () => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(
      main,
      upTo(many).map((id) => newPatron(id, { surname: `Person${id}` })),
    );
    await insertContacts(main, [newContact(1, 7, { contact: 'seven@school.example' })]);
    await main.transact(async (tx) => {
      await tx.patrons.update([newPatron(5, { surname: 'Renamed' })], 1);
      await removeContacts(tx, [{ patronId: 7, id: 1 }]);
      await tx.patrons.remove([9]);
    });
    const asItStands = async () => ({
      renamed: await ids(main, 'renamed'),
      before: await ids(main, 'person5 '),
      mail: await ids(main, 'seven@'),
      gone: await ids(main, 'person9 '),
    });
    const before = await asItStands();
    expect(before.renamed).toEqual([5]);
    expect(before.before).not.toContain(5);
    expect(before.mail).toEqual([]);
    expect(before.gone).not.toContain(9);
    await catchUp(main);
    expect(await asItStands()).toEqual(before);
  });

  test('scattered patrons and whole rows of them wait side by side, and each is found once, however far the indexing is', async () => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(
      main,
      upTo(3 * many).map((id) => newPatron(id, { surname: `Person${id}.` })),
    );
    await catchUp(main);
    const everyThird = upTo(many).map((n) => 3 * n);
    await main.transact(async (tx) => {
      await tx.patrons.update(
        everyThird.map((id) => newPatron(id, { surname: `Renamed${id}.` })),
        1,
      );
      await tx.patrons.insert(
        upTo(many).map((n) => newPatron(3 * many + n, { surname: `Newcomer${n}.` })),
        { createdRun: null, createdAt: 1 },
      );
    });
    // Of those that follow one another every third one waits already.
    await main.transact(async (tx) => {
      await tx.patrons.update(
        upTo(many).map((n) => newPatron(2 * many + n, { surname: `Again${n}.` })),
        2,
      );
      await tx.patrons.insert(
        upTo(100).map((n) => newPatron(4 * many + n, { surname: `Latecomer${n}.` })),
        { createdRun: null, createdAt: 2 },
      );
    });
    const asItStands = async () => ({
      renamed: await ids(main, 'renamed3.'),
      before: await ids(main, 'person3.'),
      beside: await ids(main, 'person4001.'),
      newcomer: await ids(main, `newcomer${many - 5}.`),
      written: await ids(main, 'person7501.'),
      again: await ids(main, 'again1500.'),
      late: await ids(main, 'latecomer100.'),
    });
    const standing = {
      renamed: [3],
      before: [],
      beside: [4_001],
      newcomer: [4 * many - 5],
      written: [],
      again: [2 * many + 1_500],
      late: [4 * many + 100],
    };
    for (let indexed = 1; indexed > 0; indexed = await main.catchUpSearch(700)) {
      expect(await asItStands()).toEqual(standing);
    }
    expect(await asItStands()).toEqual(standing);
    expect(await main.catchUpSearch(700)).toBe(0);
  });

  test('a large write that is rolled back leaves nothing to be indexed', async () => {
    await using opened = await open();
    const failing = opened.main.transact(async (tx) => {
      await tx.patrons.insert(
        upTo(many).map((id) => newPatron(id)),
        { createdRun: null, createdAt: 1 },
      );
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await opened.main.catchUpSearch(500)).toBe(0);
    await insertPatrons(opened.main, [newPatron(1, { surname: 'Single' })]);
    expect(await ids(opened.main, 'single')).toEqual([1]);
    // That one may wait, and nobody else does.
    expect(await opened.main.catchUpSearch(500)).toBeLessThanOrEqual(1);
  });
});
