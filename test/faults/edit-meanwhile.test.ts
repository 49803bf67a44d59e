import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { contactAddition } from '../../src/directory/edit-contacts.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { contactsOf } from '../support/contacts-of.ts';
import { keepCustomMode, postContacts, seedUsernames, startServer } from '../support/server.ts';

const usernames = Array.from({ length: 3000 }, (_, index) => `pupil${index}`);

test('S10 a librarian edits a patron while an import applies: each edit waits its turn, and the event loop does not', async () => {
  await using server = await startServer();
  await seedUsernames(server, ...usernames);
  const rows = usernames.flatMap((name) =>
    [1, 2, 3, 4, 5].map((nth) => `${name},EMAIL,GUARDIAN,${name}.${nth}@x\n`),
  );

  // Turns of the event loop; none would come while a thread waits for a lock by blocking.
  let turns = 0;
  let importing = true;
  const counting = (async () => {
    for (; importing; turns++) await nextTurn();
  })();
  const posted = postContacts(server, `username,type,role,contact\n${rows.join('')}`, keepCustomMode).finally(
    () => (importing = false),
  );

  const hand = { actor: { name: 'anna', channel: 'api' }, clock: server.context.clock } as const;
  let edits = 0;
  let turnsWhileWaiting = 0;
  while (importing) {
    await nextTurn();
    const before = turns;
    const standing = server.store.transact(async () => {
      // Nothing here waits for anything but the lock, so these are the turns that passed while waiting for it.
      turnsWhileWaiting = Math.max(turnsWhileWaiting, turns - before);
    });
    // Stands in line right behind it.
    const addition = contactAddition('pupil7', { type: 'PHONE', contact: `edit${edits}@hand` });
    await Promise.all([standing, edits < 20 && editByHand(server.store, addition, hand)]);
    edits++;
  }
  expect((await posted).body.success).toBe(true);
  await counting;

  expect(turnsWhileWaiting).toBeGreaterThan(0);
  const contacts = (await contactsOf(server, 'pupil7')).map(({ contact }) => contact);
  const byHand = Array.from({ length: Math.min(edits, 20) }, (_, nth) => `edit${nth}@hand`);
  const imported = [1, 2, 3, 4, 5].map((nth) => `pupil7.${nth}@x`);
  expect(contacts.toSorted()).toEqual([...byHand, ...imported].toSorted());
  expect(await server.store.read.contacts.count()).toBe(rows.length + byHand.length);
});
