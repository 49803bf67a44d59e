import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TenantTransactor } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { byHand, insertPatrons, newContact, newPatron, runRequest, upTo } from '../support/records.ts';
import { addContacts } from '../support/contact-lists.ts';

/** A promise with its ends in hand. */
function gate() {
  return Promise.withResolvers<void>();
}

const ways = ['transact', 'bulkTransact'] as const;

describe.each(engines)('transactions on $name', ({ open }) => {
  test.each(ways)('S9 what a failed %s wrote is nowhere, the search included', async (way) => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(main, [newPatron(1, { surname: 'Before' })]);
    const stamp = await main.read.changes.stamp();
    const failing = main[way](async (tx) => {
      const first = await tx.allocateIds('patron', 2);
      await tx.patrons.insert([newPatron(first, { surname: 'Halfway' })], byHand);
      await tx.patrons.update([newPatron(1, { surname: 'Halfway' })], 9);
      await addContacts(tx, [newContact(1, 1, { contact: 'halfway@x' })], byHand);
      await tx.changes.append([
        {
          runId: null,
          at: 1,
          actor: { name: 'a', channel: 'api' },
          patronId: 1,
          subject: { entity: 'patron', action: 'created', after: newPatron(1) },
        },
      ]);
      await tx.runs.insert(runRequest(), 1);
      await tx.settings.save({ bccDefault: 'TRUE' });
      expect((await tx.patrons.search({ q: 'halfway', page: 1, pageSize: 9 })).total).toBe(2);
      throw new Error('the plug is pulled');
    });
    await expect(failing).rejects.toThrow('the plug is pulled');
    const { read } = main;
    expect(await read.patrons.count()).toBe(1);
    expect((await read.patrons.search({ q: 'halfway', page: 1, pageSize: 9 })).total).toBe(0);
    expect((await read.patrons.search({ q: 'before', page: 1, pageSize: 9 })).total).toBe(1);
    expect(await read.contacts.count()).toBe(0);
    expect(await read.changes.stamp()).toBe(stamp);
    expect(await read.runs.listUnfinished()).toEqual([]);
    expect((await read.settings.get()).bccDefault).toBe('FALSE');
    expect(await main.transact((tx) => tx.allocateIds('patron', 1))).toBe(2);
  });

  test.each(ways)('a statement that is refused fails its %s, and the next one is well', async (way) => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1)]);
    const failing = opened.main[way](async (tx) => {
      await tx.patrons.insert([newPatron(2)], byHand);
      await tx.patrons.insert([newPatron(3, { username: 'P1' })], byHand);
    });
    await expect(failing).rejects.toThrow(/unique|duplicate/i);
    await insertPatrons(opened.main, [newPatron(2), newPatron(3)]);
    expect(await opened.main.read.patrons.count()).toBe(3);
    expect((await opened.main.read.patrons.search({ q: 'p2', page: 1, pageSize: 9 })).total).toBe(1);
  });

  test('a snapshot shows one picture while others write and commit', async () => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(main, [newPatron(1)]);
    const began = gate();
    const written = gate();
    const seen = main.snapshot(async (reader) => {
      const counts = [await reader.patrons.count()];
      began.resolve();
      await written.promise;
      counts.push(await reader.patrons.count());
      counts.push((await reader.patrons.search({ q: 'p2', page: 1, pageSize: 9 })).items.length);
      return counts;
    });
    await began.promise;
    await insertPatrons(main, [newPatron(2)]);
    expect(await main.read.patrons.count()).toBe(2);
    written.resolve();
    expect(await seen).toEqual([1, 1, 0]);
    expect(await main.snapshot((reader) => reader.patrons.count())).toBe(2);
  });

  test('a snapshot that fails harms no later one', async () => {
    await using opened = await open();
    const failing = opened.main.snapshot(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await opened.main.snapshot((reader) => reader.patrons.count())).toBe(0);
  });

  test.each(ways)('readers do not see what %s has not committed, and are not kept waiting', async (way) => {
    await using opened = await open();
    const { main } = opened;
    await main[way](async (tx) => {
      await tx.patrons.insert([newPatron(1)], byHand);
      expect(await main.read.patrons.count()).toBe(0);
      expect(await main.snapshot((reader) => reader.patrons.count())).toBe(0);
      expect(await tx.patrons.count()).toBe(1);
    });
    expect(await main.read.patrons.count()).toBe(1);
  });

  test.each(['the same process', 'another process'])(
    'two writers of %s queue, the event loop going on meanwhile',
    async (where) => {
      await using opened = await open();
      const { main } = opened;
      const second = where === 'the same process' ? main : await (await opened.openAgain()).tenant('main');
      const order: string[] = [];
      const held = gate();
      const release = gate();
      const first = main.transact(async (tx) => {
        held.resolve();
        await release.promise;
        await tx.patrons.insert([newPatron(await tx.allocateIds('patron', 1))], byHand);
        order.push('first');
      });
      await held.promise;
      const waiting = second.transact(async (tx) => {
        order.push('second');
        await tx.patrons.insert([newPatron(await tx.allocateIds('patron', 1))], byHand);
      });
      // Were the loop blocked, these turns would not come and the first could never end.
      for (let turn = 0; turn < 50; turn++) await nextTurn();
      expect(order).toEqual([]);
      release.resolve();
      await Promise.all([first, waiting]);
      expect(order).toEqual(['first', 'second']);
      expect((await main.read.patrons.listAfter(0, 9)).map(({ id }) => id)).toEqual([1, 2]);
    },
  );

  test('a bulk transaction waits for its turn and keeps others waiting for theirs', async () => {
    await using opened = await open();
    const { main } = opened;
    const order: string[] = [];
    const insertNext = async (tx: TenantTransactor, name: string) => {
      await tx.patrons.insert([newPatron(await tx.allocateIds('patron', 1))], byHand);
      order.push(name);
    };
    const held = gate();
    const release = gate();
    const first = main.transact(async (tx) => {
      held.resolve();
      await release.promise;
      await insertNext(tx, 'before');
    });
    await held.promise;
    const begun = gate();
    const bulk = main.bulkTransact(async (tx) => {
      begun.resolve();
      await insertNext(tx, 'bulk');
      await insertNext(tx, 'bulk');
    });
    release.resolve();
    await Promise.all([first, begun.promise]);
    await main.transact((tx) => insertNext(tx, 'after'));
    await bulk;
    expect(order).toEqual(['before', 'bulk', 'bulk', 'after']);
    expect((await main.read.patrons.listAfter(0, 9)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  test('very many writes of a bulk transaction are all there, in their order', async () => {
    await using opened = await open();
    const patrons = upTo(3000).map((id) => newPatron(id, { barcode: `B${id}` }));
    await opened.main.bulkTransact(async (tx) => {
      for (let start = 0; start < patrons.length; start += 100) {
        await tx.patrons.insert(patrons.slice(start, start + 100), byHand);
      }
      await tx.patrons.update(
        patrons.map((patron) => ({ ...patron, surname: 'Later' })),
        2,
      );
      expect(await tx.patrons.count()).toBe(3000);
    });
    const stored = await opened.main.read.patrons.listAfter(0, 5000);
    expect(stored.map(({ barcode, surname }) => `${barcode} ${surname}`)).toEqual(
      patrons.map(({ barcode }) => `${barcode} Later`),
    );
  });

  test('ids follow each other, each sequence and tenant by itself', async () => {
    await using opened = await open();
    const allocated = await Promise.all(
      upTo(20).map((count) => opened.main.transact((tx) => tx.allocateIds('patron', count))),
    );
    expect(allocated).toEqual(upTo(20).map((count) => 1 + ((count - 1) * count) / 2));
    expect(await opened.main.transact((tx) => tx.allocateIds('contact', 1))).toBe(1);
    expect(await opened.other.transact((tx) => tx.allocateIds('patron', 1))).toBe(1);
  });

  test('what was written is there after closing and opening again', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1, { surname: 'Stays' })]);
    const again = await (await opened.openAgain()).tenant('main');
    expect((await again.read.patrons.search({ q: 'stays', page: 1, pageSize: 9 })).total).toBe(1);
    expect(again.tenant).toEqual({ id: 1, slug: 'main', name: 'Main', zone: 'Europe/London' });
    expect(await again.transact((tx) => tx.allocateIds('patron', 1))).toBe(2);
  });
});
