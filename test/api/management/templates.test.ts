import { afterAll, beforeAll, expect, test } from 'vitest';
import { contactColumns } from '../../../src/domain/contact/contact-columns.ts';
import { patronColumns } from '../../../src/domain/patron/patron-columns.ts';
import { addAccount, basic, startServer, type TestServer } from '../../support/server.ts';
import { postCsv } from './import-support.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test.each([
  ['patrons', patronColumns],
  ['contacts', contactColumns],
] as const)('the template of %s is its header alone, and imports as it is', async (kind, columns) => {
  const { status, headers, text } = await request(server, 'GET', `/templates/${kind}.csv`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${kind}.csv"`);
  expect(text).toBe(`${columns.map(({ name }) => name).join(',')}\r\n`);

  const run = await postCsv(server, `kind=${kind}`, text);
  expect(run.body).toMatchObject({ state: 'applied', rowCount: 0, notes: [] });
});

test('an unknown kind is refused and names those there are; any account may fetch one', async () => {
  const unknown = await request(server, 'GET', '/templates/groups.csv');
  expect([unknown.status, unknown.body.code]).toEqual([400, 'bad-request']);
  for (const kind of ['patrons', 'contacts']) expect(unknown.body.detail).toContain(kind);
  await addAccount(server, 'viewer', 'a viewing password', ['view']);
  const authorization = basic('viewer', 'a viewing password');
  expect((await request(server, 'GET', '/templates/patrons.csv', { authorization })).status).toBe(200);
  expect((await request(server, 'GET', '/templates/patrons.csv', { authorization: null })).status).toBe(401);
});
