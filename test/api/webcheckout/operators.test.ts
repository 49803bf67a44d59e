import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../../src/auth/passwords.ts';
import type { Capability } from '../../../src/ports/accounts.ts';
import { basic, startServer, type TestServer } from '../../support/server.ts';
import { postCsv } from '../management/import-support.ts';
import { csvOf, postFiles, rowNotesOf, seedCampus } from './support.ts';

const password = 'a long enough password';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
  await seedCampus(server);
  await account('kim', ['manage-group-authorizations'], ['Film School']);
  await account('ed', ['edit-patrons'], []);
});
afterAll(() => server.close());

async function account(username: string, capabilities: Capability[], organizations: string[]) {
  const passwordHash = await hashPassword(password);
  await server.store.transact((tx) =>
    tx.accounts.insert({ username, passwordHash, capabilities, organizations, createdAt: 0 }),
  );
}

const as = (username: string) => ({ authorization: basic(username, password) });
const groups = csvOf('unique-identifier,name,organization', 'FILM,Film,Film School', 'CHOIR,Choir,Music');

test('W18 an operator sends the files of groups, and rows of other organizations fail', async () => {
  const { status, body } = await postCsv(server, 'kind=group', groups, as('kim'));
  expect([status, body.counts.created, body.counts.failed]).toEqual([201, 1, 1]);
  expect(await rowNotesOf(server, body.id)).toEqual(['3 not-permitted Music kim']);
  const delivery = await postFiles(server, { 'group.csv': groups }, '', as('kim'));
  expect(delivery.body.counts).toMatchObject({ unchanged: 1, failed: 1 });
});

test('W18 an operator sends no other files, and others none of these', async () => {
  for (const kind of ['patrons', 'contacts', 'organizations', 'resource-types', 'checkout-centers']) {
    const { status, body } = await postCsv(server, `kind=${kind}`, 'name\nX\n', as('kim'));
    expect([status, body.code, body.capability], kind).toEqual([403, 'forbidden', 'administer']);
  }
  const { status, body } = await postCsv(server, 'kind=group', groups, as('ed'));
  expect([status, body.code]).toEqual([403, 'forbidden']);
});
