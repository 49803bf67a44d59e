import { describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import {
  byHand,
  insertContacts,
  insertPatrons,
  newContact,
  newPatron,
  storedContact,
  upTo,
} from '../support/records.ts';
import { addContacts, updateContacts, removeContacts } from '../support/contact-lists.ts';

describe.each(engines)('contacts on $name', ({ open }) => {
  test('a contact is given back as it was stored', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1)]);
    const contacts = [
      newContact(1, 1, {
        role: 'GUARDIAN',
        primary: true,
        addressee: "Mrs O'Żak 😀",
        contact: 'Mum@Example.org',
        bcc: 'TRUE',
        scenarios: 5,
        origin: 'custom',
        importedAs: 'EMAIL GUARDIAN old@example.org',
      }),
      newContact(2, 1, { type: 'PHONE', role: 'OTHER', sms: true, scenarios: 0, bcc: 'FALSE' }),
      newContact(3, 1, { type: 'SOCIAL_MEDIA', contact: '@zak' }),
    ];
    const by = { createdRun: 3, createdAt: 1_770_000_000_001 };
    await insertContacts(opened.main, contacts, by);
    const stored = contacts.map((contact) => storedContact(contact, by));
    expect(await opened.main.read.contacts.listByPatron(1)).toEqual(stored);
    expect(await opened.main.read.contacts.mapByPatron([9, 1])).toEqual(new Map([[1, stored]]));
    expect(await opened.main.read.contacts.listByPatron(2)).toEqual([]);
    await insertPatrons(opened.main, [newPatron(7, { username: 'Zoë' })]);
    expect(await opened.main.read.contacts.mapByUsername(['p1', 'nobody', 'zoë', ''])).toEqual(
      new Map([
        ['p1', { patronId: 1, contacts: stored }],
        ['zoë', { patronId: 7, contacts: [] }],
      ]),
    );
  });

  test('who made a contact, and when, stays its own however many others made those beside it', async () => {
    await using opened = await open();
    const { main } = opened;
    await insertPatrons(main, [newPatron(1)]);
    const made = [
      [newContact(1, 1), { createdRun: 3, createdAt: 1_770_000_000_001 }],
      [newContact(2, 1, { importedAs: 'old' }), { createdRun: 3, createdAt: 1_770_000_000_001 }],
      [newContact(3, 1), { createdRun: 3, createdAt: 1_770_000_000_001 }],
      [newContact(4, 1), { createdRun: 3, createdAt: 1_770_000_000_002 }],
      [newContact(5, 1), { createdRun: null, createdAt: 1_770_000_000_002 }],
      [newContact(6, 1), { createdRun: null, createdAt: 1_770_000_000_002 }],
    ] as const;
    for (const [contact, by] of made) await insertContacts(main, [contact], by);
    const stored = made.map(([contact, by]) => storedContact(contact, by));
    expect(await main.read.contacts.listByPatron(1)).toEqual(stored);
    await main.transact((tx) =>
      removeContacts(
        tx,
        [1, 4].map((id) => ({ patronId: 1, id })),
      ),
    );
    expect(await main.read.contacts.listByPatron(1)).toEqual(stored.filter(({ id }) => id !== 1 && id !== 4));
  });

  test('it is told whether nobody has any contact', async () => {
    await using opened = await open();
    const { main, other } = opened;
    for (const store of [main, other]) await insertPatrons(store, [newPatron(1)]);
    await insertContacts(other, [newContact(1, 1)]);
    expect(await main.read.contacts.isEmpty()).toBe(true);
    expect(await other.read.contacts.isEmpty()).toBe(false);
    await other.transact((tx) => removeContacts(tx, [{ patronId: 1, id: 1 }]));
    expect(await other.read.contacts.isEmpty()).toBe(true);
  });

  test('a tenant sees and changes nothing of another', async () => {
    await using opened = await open();
    for (const store of [opened.main, opened.other]) {
      await insertPatrons(store, [newPatron(1)]);
      await insertContacts(store, [newContact(1, 1)]);
    }
    await opened.other.transact((tx) => updateContacts(tx, [newContact(1, 1, { contact: 'changed@x' })]));
    expect((await opened.main.read.contacts.listByPatron(1))[0]?.contact).toBe('c1@x');
    await opened.other.transact((tx) => removeContacts(tx, [{ patronId: 1, id: 1 }]));
    expect(await opened.main.read.contacts.count()).toBe(1);
    expect(await opened.other.read.contacts.count()).toBe(0);
  });

  test.each([0, 1, 24, 25, 26, 1000])(
    '%i contacts at once are stored, found, changed and removed',
    async (count) => {
      await using opened = await open();
      const patronOf = (id: number) => Math.ceil(id / 3);
      await insertPatrons(
        opened.main,
        upTo(patronOf(Math.max(count, 1))).map((id) => newPatron(id)),
      );
      const contacts = upTo(count).map((id) => newContact(id, patronOf(id)));
      await insertContacts(opened.main, contacts);
      const { read } = opened.main;
      expect(await read.contacts.count()).toBe(count);
      const patronIds = upTo(patronOf(count));
      const all = async () => [...(await read.contacts.mapByPatron(patronIds)).values()].flat();
      expect(await all()).toEqual(contacts.map((contact) => storedContact(contact)));

      const changed = contacts.map((contact) => ({ ...contact, primary: true, contact: 'same@x' }));
      await opened.main.transact((tx) => updateContacts(tx, changed));
      expect(await all()).toEqual(changed.map((contact) => storedContact(contact)));
      await opened.main.transact((tx) =>
        removeContacts(
          tx,
          contacts.map(({ patronId, id }) => ({ patronId, id })),
        ),
      );
      expect(await all()).toEqual([]);
      const found = await read.patrons.search({ q: 'same@x', page: 1, pageSize: 5 });
      expect(found.total).toBe(0);
    },
  );

  test('contacts come in the order they were made, whatever the order they were given in', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1), newPatron(2)]);
    await insertContacts(opened.main, [newContact(3, 1), newContact(2, 2), newContact(1, 1)]);
    expect((await opened.main.read.contacts.listByPatron(1)).map(({ id }) => id)).toEqual([1, 3]);
    const byPatron = await opened.main.read.contacts.mapByPatron([2, 1]);
    expect([...byPatron].map(([id, list]) => [id, list.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  test('a contact of nobody is refused, and so is the removal of a patron that still has one', async () => {
    await using opened = await open();
    await expect(insertContacts(opened.main, [newContact(1, 1)])).rejects.toThrow(/foreign key/i);
    await insertPatrons(opened.main, [newPatron(1)]);
    await insertContacts(opened.main, [newContact(1, 1)]);
    await expect(opened.main.transact((tx) => tx.patrons.remove([1]))).rejects.toThrow(/foreign key/i);
    expect(await opened.main.read.patrons.count()).toBe(1);
    expect(await opened.main.read.contacts.count()).toBe(1);
  });

  test('patrons with imported contacts, and those without an e-mail, are walked in pieces', async () => {
    await using opened = await open();
    await insertPatrons(
      opened.main,
      upTo(6).map((id) => newPatron(id)),
    );
    await insertContacts(opened.main, [
      newContact(1, 1),
      newContact(2, 1),
      newContact(3, 2, { origin: 'custom' }),
      newContact(4, 3, { type: 'PHONE' }),
      newContact(5, 5, { role: 'GUARDIAN' }),
    ]);
    const { contacts } = opened.main.read;
    expect(await contacts.listPatronsWithImported(0, 2)).toEqual([1, 3]);
    expect(await contacts.listPatronsWithImported(3, 2)).toEqual([5]);
    expect(await contacts.listPatronsWithImported(5, 2)).toEqual([]);
  });

  test('a contact may move its id to the index and out of it again within one transaction', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1)]);
    await opened.main.transact(async (tx) => {
      await addContacts(tx, [newContact(1, 1, { contact: 'first@x' })], byHand);
      await removeContacts(tx, [{ patronId: 1, id: 1 }]);
      await addContacts(tx, [newContact(1, 1, { contact: 'second@x' })], byHand);
      await updateContacts(tx, [newContact(1, 1, { contact: 'third@x' })]);
    });
    const totals = [];
    for (const q of ['first', 'second', 'third']) {
      totals.push((await opened.main.read.patrons.search({ q, page: 1, pageSize: 5 })).total);
    }
    expect(totals).toEqual([0, 0, 1]);
  });
});
