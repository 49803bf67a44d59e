import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { stateOf } from '../../support/webcheckout.ts';
import { zipOf } from '../../support/zip.ts';
import { csvOf, files, groups, postFiles, postZip, seedCampus } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
  await seedCampus(server);
});
afterAll(() => server.close());

const picture = () => stateOf(server.store.read, Date.now());

test.each([
  ['a path out of the archive', zipOf([{ name: '../group.csv', body: groups }])],
  ['a file of another name', zipOf([{ name: 'groups.csv', body: groups }])],
  [
    'a bomb that claims to be small',
    zipOf([{ name: 'group.csv', body: Buffer.alloc(8 * 1024 * 1024, 'a'), claimedBytes: 1024 }]),
  ],
  ['a ZIP that was cut off', zipOf([{ name: 'group.csv', body: groups }]).subarray(0, -30)],
  ['no ZIP at all', Buffer.from(groups)],
])('W19 %s is refused, and nothing changes', async (_what, zip) => {
  const { status, body } = await postZip(server, zip);
  expect([status, body.code]).toEqual([422, 'file-refused']);
  expect(await picture()).toMatchObject({ groups: {} });
});

test('S9 one file that is refused refuses the delivery whole and names the file', async () => {
  const { status, body } = await postFiles(server, {
    ...files,
    'section-members.csv': csvOf('section-unique-identifier,member-unique-identifier,end', 'FILM-A,A1,'),
  });
  expect([status, body.code]).toEqual([422, 'file-refused']);
  expect(body.detail).toContain('section-members.csv');
  expect(await picture()).toMatchObject({ groups: {}, sections: {} });
});
