import { readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Erasure } from '../../src/directory/erase-patron.ts';
import { placeAt } from '../support/engines.ts';
import { everyRow } from '../support/postgres-databases.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';
import { adminAuthorization, postContacts } from '../support/server.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ProcessServer;
let dataDir: string;

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  server = await startProcess({ dataDir });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Names that occur nowhere else, of the patron now and before, and of its contacts. */
const personal = [
  'zweigeltw',
  'Zweigelt',
  'Wilhelmina',
  'Quittenbaum',
  'zx-77001',
  'wz@zweigelt.example',
  'Bartholomea',
];

/** Which of the texts lie in any file of the data directory or row of the database, in whatever case. */
async function findStored(texts: readonly string[]): Promise<string[]> {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dataDir, name))
    .filter((path) => statSync(path).isFile());
  const { databaseUrl } = await placeAt(dataDir);
  const rows = databaseUrl === undefined ? '' : await everyRow(databaseUrl);
  const bytes = [rows, ...files.map((path) => readFileSync(path).toString('latin1'))]
    .join('\n')
    .toLowerCase();
  return texts.filter((text) => bytes.includes(text.toLowerCase()));
}

const importPatrons = (csv: string) => importCsv('patrons', csv);

async function importCsv(kind: string, csv: string): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/imports?kind=${kind}`, {
    method: 'POST',
    headers: { authorization: adminAuthorization, 'content-type': 'text/csv' },
    body: csv,
  });
  expect(response.ok).toBe(true);
}

test('an erased patron is in no file and no row any more, beside a running server', async () => {
  // A former name stands in the journal, a clash of keys and an unknown username in results of other rows.
  const header = 'username,barcode,firstname,surname';
  await importPatrons(`${header}\nzweigeltw,zx-77001,Wilhelmina,Quittenbaum\nother,o-1,Otto,Other\n`);
  await importPatrons(`${header}\nzweigeltw,zx-77001,Wilhelmina,Zweigelt\n`);
  await importPatrons(`${header}\nclash,zx-77001,Carl,Clash\n`);
  await postContacts(
    server,
    'username,type,role,addressee,contact\nzweigeltw,EMAIL,PATRON,,wz@zweigelt.example\nzweigeltw,PHONE,GUARDIAN,Bartholomea,123\n',
  );
  await postContacts(
    server,
    'username,type,contact\nzweigeltw,EMAIL,broken\nother,EMAIL,otto@school.example\n',
  );
  // The search must be able to find them: without this, finding nothing would mean nothing.
  expect(await findStored(personal)).toEqual(personal);

  expect(await runMuster(dataDir, ['erase', 'zweigeltw'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/--yes/),
  });
  const path = join(folder.path, 'held.csv');
  await writeFile(path, 'username,type,contact\nother,EMAIL,otto@school.example\n');
  const held = await runMuster(dataDir, ['import', 'contacts', path, '-m', 'replaceAllPatrons']);
  expect(held.code).toBe(5);

  const erasure = await runMusterJson<Erasure>(dataDir, ['erase', 'zx-77001', '--yes']);
  expect(erasure).toMatchObject({
    contacts: 2,
    deliveries: 5,
    keptFilesOf: [{ kind: 'contacts', state: 'held' }],
  });
  expect(await findStored(personal)).toEqual([]);

  const search = await fetch(`${server.url}/api/v1/patrons?q=zweigelt`, {
    headers: { authorization: adminAuthorization },
  });
  expect(await search.json()).toMatchObject({ items: [], total: 0 });
  const audit = await fetch(`${server.url}/api/v1/audit`, { headers: { authorization: adminAuthorization } });
  const [newest] = ((await audit.json()) as { items: object[] }).items;
  expect(newest).toMatchObject({ action: 'patron.erased', subject: `patron ${erasure.patronId}` });
  // Nobody else is touched, and the files are sound.
  expect(await runMuster(dataDir, ['export', 'other'])).toMatchObject({ code: 0 });
  expect((await runMuster(dataDir, ['doctor'])).stdout).not.toMatch(/PROBLEM/);
  expect(await runMuster(dataDir, ['erase', 'zweigeltw', '--yes'])).toMatchObject({ code: 2, stdout: '' });
});

/** Of a patron that is a member and, besides, whom to ask about a group. */
const ofTutor = [
  'kerschbaumt',
  'tk-88002',
  'Theodora',
  'Kerschbaum',
  '+43 1 777 8801',
  'tk@kerschbaum.example',
];

test('an erased member and contact person is in no file and no row any more', async () => {
  await importPatrons(
    'username,externalid,firstname,surname\nkerschbaumt,tk-88002,Theodora,Kerschbaum\nsecond,s-2,Sam,Second\n',
  );
  await importCsv('organizations', 'name\nArts\n');
  const group = 'unique-identifier,name,organization,contact-unique-identifier,telephone,email\n';
  await importCsv('group', `${group}film,Film,Arts,tk-88002,+43 1 777 8801,tk@kerschbaum.example\n`);
  await importCsv('section', 'unique-identifier,name,group-unique-identifier\nfilm-1,Film 1,film\n');
  const members = 'section-unique-identifier,member-unique-identifier\n';
  await importCsv('section-members', `${members}film-1,tk-88002\nfilm-1,s-2\n`);
  // She leaves the section, which the journal tells, and comes back; another is asked in her place.
  await importCsv('section-members', `${members}film-1,s-2\n`);
  await importCsv('section-members', `${members}film-1,tk-88002\nfilm-1,s-2\n`);
  await importCsv('group', `${group}film,Film,Arts,s-2,1,second@school.example\n`);
  await importCsv('group', `${group}photo,Photo,Arts,tk-88002,+43 1 777 8801,tk@kerschbaum.example\n`);
  expect(await findStored(ofTutor)).toEqual(ofTutor);

  const erasure = await runMusterJson<Erasure>(dataDir, ['erase', 'kerschbaumt', '--yes']);
  expect(erasure).toMatchObject({ memberships: 1, contactPersonOf: 1 });
  expect(await findStored(ofTutor)).toEqual([]);
});
