import { afterAll, beforeAll, expect, test } from 'vitest';
import { upTo } from '../../support/records.ts';
import { postContacts, seedUsernames, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const file = (each: number) =>
  `username,type,contact\n${upTo(150)
    .flatMap((id) => upTo(each).map((nth) => `u${id},PHONE,${id}-${nth}\n`))
    .join('')}`;

test('I5 a file that takes too much away answers 200, success false, why it is held, and that nothing changed', async () => {
  await seedUsernames(server, ...upTo(150).map((id) => `u${id}`));
  expect((await postContacts(server, file(3))).body.success).toBe(true);
  const held = await postContacts(server, file(1));
  expect(held.status).toBe(200);
  expect(held.body).toEqual({
    success: false,
    summary:
      'Held for approval: 300 of the 450 contacts of the patrons in the file would be lost (more than 200 and more than 30 %); contacts for 150 patrons, 0 to create, 0 to update, 300 to remove; nothing changed.',
  });
  expect(await server.store.read.contacts.count()).toBe(450);
  // The next whole file goes through, and the held one gives way to it.
  expect((await postContacts(server, file(3))).body).toEqual({
    success: true,
    summary: 'Contacts for 150 patrons updated successfully.',
  });
  expect((await server.store.read.runs.list({ state: 'held', page: 1, pageSize: 1 })).total).toBe(0);
});
