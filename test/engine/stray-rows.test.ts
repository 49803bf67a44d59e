import { expect, test } from 'vitest';
import { openEngine, type TestEngine } from '../support/engine.ts';

async function seeded(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv('username\nanna\nben\n', { kind: 'patrons' });
  await engine.importCsv(
    'username,type,contact\nanna,EMAIL,Mum@home.example\nanna,PHONE,1\nanna,PHONE,2\nben,PHONE,3\nben,PHONE,4\n',
  );
  return engine;
}

async function contactsOf(engine: TestEngine): Promise<string[]> {
  const patrons = await engine.store.read.patrons.listAfter(0, 10);
  const contacts = await engine.store.read.contacts.mapByPatron(patrons.map(({ id }) => id));
  return patrons.flatMap(({ id, username }) =>
    (contacts.get(id) ?? []).map(({ contact }) => `${username} ${contact}`),
  );
}

const everything = ['anna Mum@home.example', 'anna 1', 'anna 2', 'ben 3', 'ben 4'];

test.each([
  ['inside a username', 'username,type,contact\nanna,PHONE,1\nben,PHONE,3\nan'],
  [
    'inside the row of a patron that is nowhere else',
    'username,type,contact\nanna,PHONE,1\nben,PHONE,3\nzoe,PH',
  ],
])('S5 of a file cut off %s, rows may be missing: nothing is removed', async (_where, csv) => {
  await using engine = await seeded();
  const run = await engine.importCsv(csv);
  expect(run.counts).toMatchObject({ unchanged: 2, removed: 0, failed: 1 });
  expect(await contactsOf(engine)).toEqual(everything);
});

test('S5 whoever has the contact of a row without a username keeps everything, and only they', async () => {
  await using engine = await seeded();
  const run = await engine.importCsv(
    'username,type,contact\nanna,PHONE,1\nben,PHONE,3\n,EMAIL,mum@HOME.example\n',
  );
  expect(run.counts).toMatchObject({ removed: 1, failed: 1 });
  expect(await contactsOf(engine)).toEqual(['anna Mum@home.example', 'anna 1', 'anna 2', 'ben 3']);
  const rows = await engine.store.read.runRows.list(run.id, { page: 1, pageSize: 10 });
  expect(rows.items.map(({ row, note }) => [row, note?.code])).toEqual([
    [2, 'nothing-removed'],
    [3, undefined],
    [4, 'username-blank'],
  ]);
});

test('S5 whoever any cell of a row with too many names keeps everything, and only they', async () => {
  await using engine = await seeded();
  // The comma in the number moves the username where no column is.
  const run = await engine.importCsv(
    'type,contact,username\nPHONE,1,Anna\nPHONE,3,ben\nPHONE,2,ext 5,anna\n',
  );
  expect(run.counts).toMatchObject({ removed: 1, failed: 1 });
  expect(await contactsOf(engine)).toEqual(['anna Mum@home.example', 'anna 1', 'anna 2', 'ben 3']);
});

test('I8 a row without a username and without a contact names nobody', async () => {
  await using engine = await seeded();
  const run = await engine.importCsv('username,type,contact\nanna,PHONE,1\n,EMAIL,\n');
  expect(run.counts).toMatchObject({ removed: 2, ignored: 1, failed: 0 });
});
