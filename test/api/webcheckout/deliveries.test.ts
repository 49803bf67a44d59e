import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { stateOf } from '../../support/webcheckout.ts';
import { zipOf } from '../../support/zip.ts';
import { request } from '../management/support.ts';
import { csvOf, files, groups, postFiles, postZip, rowNotesOf, seedCampus } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer({ config: { rateLimit: false } });
  await seedCampus(server);
});
afterEach(() => server.close());

const picture = () => stateOf(server.store.read, Date.now());

test('W19, W8 files of one form are one run, in dependency order whatever came first', async () => {
  const { status, body } = await postFiles(server, files);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    kind: 'webcheckout',
    state: 'applied',
    counts: { created: 7, failed: 2 },
    files: [
      { name: 'group.csv', kind: 'group', counts: { created: 1 } },
      { name: 'section.csv', kind: 'section', counts: { created: 2, failed: 1 } },
      { name: 'section-members.csv', kind: 'section-members', counts: { created: 2, failed: 1 } },
      { name: 'authorization-set.csv', kind: 'authorization-set', counts: { created: 2 } },
    ],
  });
  expect(await rowNotesOf(server, body.id)).toEqual([
    'section.csv 4 group-unknown NO-SUCH',
    'section-members.csv 4 parent-failed LOST row 4 of the sections',
  ]);
  const notes = (body.notes as { code: string; file: string; message: string }[]).filter(
    ({ code }) => code === 'refers-to-new',
  );
  expect(notes.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    'section.csv: It refers to 1 group that this delivery creates.',
    'section-members.csv: It refers to 2 sections that this delivery creates.',
    'authorization-set.csv: It refers to 1 group that this delivery creates.',
  ]);
  expect(await picture()).toMatchObject({
    groups: { FILM: { primarySet: 'ALL' } },
    members: { 'FILM-A': { A1: { status: 'ACTIVE' } }, 'FILM-B': { A2: { status: 'ACTIVE' } } },
  });
});

test('W22 the failed rows of each file come by its name', async () => {
  const { body } = await postFiles(server, files);
  const failed = async (file: string) =>
    (await request(server, 'GET', `/imports/${body.id}/failed-rows.csv?file=${file}`)).text;
  expect(await failed('section.csv')).toBe(
    'unique-identifier,name,group-unique-identifier\r\nLOST,Lost,NO-SUCH\r\n',
  );
  expect(await failed('section-members.csv')).toContain('LOST,A3');
  expect(await failed('group.csv')).toBe('unique-identifier,name,organization\r\n');
});

test('W19 a ZIP with what a Mac leaves in it is the same as its files', async () => {
  const { status, body } = await postZip(
    server,
    zipOf([
      { name: '__MACOSX/._group.csv', body: 'junk' },
      { name: 'term/.DS_Store', body: 'junk' },
      ...Object.entries(files).map(([name, text]) => ({ name: `term/${name}`, body: text })),
    ]),
  );
  expect(status).toBe(201);
  expect(body).toMatchObject({ state: 'applied', counts: { created: 7, failed: 2 } });
  expect(await picture()).toMatchObject({ groups: { FILM: { primarySet: 'ALL' } } });
});

test('S9 a dry run says what the delivery would come to and writes nothing', async () => {
  const { body } = await postFiles(server, files, '&dryRun=true');
  expect(body).toMatchObject({ dryRun: true, counts: { created: 7, failed: 2 } });
  expect(await picture()).toMatchObject({ groups: {}, sections: {}, authorizationSets: {} });
  const plan = await request(server, 'GET', `/imports/${body.id}/plan`);
  expect(plan.status).toBe(200);
  expect(JSON.stringify(plan.body)).toContain('FILM-A');
});

test('S10 the same delivery again changes nothing', async () => {
  await postFiles(server, files);
  const { body } = await postFiles(server, files);
  expect(body.counts).toMatchObject({ created: 0, updated: 0, inactivated: 0, unchanged: 7, failed: 2 });
});

test('W12 a members file that takes too much away is held, and applied once approved', async () => {
  const people = Array.from({ length: 30 }, (_, n) => `p${n},P${n}`);
  const header = 'section-unique-identifier,member-unique-identifier';
  await request(server, 'POST', '/imports?kind=patrons', {
    headers: { 'content-type': 'text/csv' },
    body: csvOf('username,externalid', ...people),
  });
  await postFiles(server, {
    'group.csv': groups,
    'section.csv': csvOf('unique-identifier,name,group-unique-identifier', 'FILM-A,Autumn,FILM'),
    'section-members.csv': csvOf(header, ...people.map((_, n) => `FILM-A,P${n}`)),
  });
  const broken = await postFiles(server, { 'section-members.csv': csvOf(header, 'FILM-A,P0') });
  expect(broken.body).toMatchObject({
    state: 'held',
    heldFor: [{ code: 'section-members-inactivated', section: 'FILM-A', count: 29, of: 30 }],
  });
  const active = async () =>
    Object.values((await picture()).members['FILM-A']!).filter((one) => one['status'] === 'ACTIVE').length;
  expect(await active()).toBe(30);
  const approved = await request(server, 'POST', `/imports/${broken.body.id}/approve`);
  expect(approved.body).toMatchObject({ state: 'applied', counts: { inactivated: 29 } });
  expect(await active()).toBe(1);
});
