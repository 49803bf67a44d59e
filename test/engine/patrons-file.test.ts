import { describe, expect, test } from 'vitest';
import type { KeyField } from '../../src/domain/patron/patron.ts';
import { contactAddition } from '../../src/directory/edit-contacts.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { openEngine, type CsvImport, type EngineTuning, type TestEngine } from '../support/engine.ts';
import { pictureOf, undo } from '../support/random-past.ts';

const patrons: CsvImport = { kind: 'patrons' };
const full: CsvImport = { kind: 'patrons', mode: 'full' };
const byKey = (key: KeyField, mode = 'addOrUpdate'): CsvImport => ({
  kind: 'patrons',
  mode,
  options: { key },
});

/** Plan kept, and plan made again inside the write transaction; a subject at a time. */
const ways: readonly (readonly [string, EngineTuning])[] = [
  ['kept', { subjectsPerBatch: 1 }],
  ['made again', { subjectsPerBatch: 1, plannedRecordsMax: -1 }],
];

async function stored(engine: TestEngine, ...fields: ('barcode' | 'externalid' | 'status' | 'classgrade')[]) {
  const all = await pictureOf(engine.store.read);
  return all.map((patron) => [patron.username, ...fields.map((field) => patron[field])].join(' ')).sort();
}

async function failures(engine: TestEngine, runId: number) {
  const { items } = await engine.store.read.runRows.list(runId, {
    outcome: 'failed',
    page: 1,
    pageSize: 50,
  });
  return items.map(({ row, note }) => `${row} ${note?.code} ${note?.column} ${note?.suggestion}`);
}

describe.each(ways)('with the plan %s', (_, tuning) => {
  const send = (engine: TestEngine, csv: string, request: CsvImport) =>
    engine.importCsv(csv, request, tuning);

  test('M3 full: who is not in the file becomes inactive, and comes back with a later file', async () => {
    await using engine = await openEngine();
    await send(engine, 'username\nanna\nben\ncarl\n', patrons);
    const first = await send(engine, 'username\nanna\ndora\n', full);
    expect(first.counts).toMatchObject({ created: 1, unchanged: 1, inactivated: 2 });
    expect(await stored(engine, 'status')).toEqual([
      'anna ACTIVE',
      'ben INACTIVE',
      'carl INACTIVE',
      'dora ACTIVE',
    ]);
    const second = await send(engine, 'username,status\nanna,\nben,\ncarl,INACTIVE\n', full);
    expect(second.counts).toMatchObject({ updated: 1, unchanged: 2, inactivated: 1 });
    expect(await stored(engine, 'status')).toEqual([
      'anna ACTIVE',
      'ben ACTIVE',
      'carl INACTIVE',
      'dora INACTIVE',
    ]);
  });

  test('M3 full: whom the file has just brought is in the file', async () => {
    await using engine = await openEngine();
    const run = await send(engine, 'username\nanna\nben\ncarl\n', full);
    expect(run.counts).toMatchObject({ created: 3, inactivated: 0 });
    expect(await stored(engine, 'status')).toEqual(['anna ACTIVE', 'ben ACTIVE', 'carl ACTIVE']);
  });

  test.each([
    ['a bad role', 'username,role\nanna,GHOST\n'],
    ['a blank key', 'username,role\nanna,\n,TEACHER\n'],
    ['too many cells', 'username,role\nanna,,x\n'],
    ['a clash of keys', 'username,barcode\nanna,2\n'],
    ['a key that stands twice', 'username,barcode\nanna,7\nANNA,8\n'],
    ['an end in the middle of a row', 'username,role\nanna,STUDENT\nben'],
  ])('M3 full: when a row failed (%s) nobody becomes inactive, and the run says so', async (_why, csv) => {
    await using engine = await openEngine();
    await send(engine, 'username,barcode\nanna,1\nben,2\ncarl,3\n', patrons);
    const run = await send(engine, csv, full);
    expect(run.counts.failed).toBeGreaterThan(0);
    expect(run.counts.inactivated).toBe(0);
    expect(run.notes).toContainEqual({ code: 'none-inactivated' });
    expect(await stored(engine, 'barcode', 'status')).toEqual([
      'anna 1 ACTIVE',
      'ben 2 ACTIVE',
      'carl 3 ACTIVE',
    ]);
  });

  test('a failed row is kept with the patron it names, and goes with it', async () => {
    await using engine = await openEngine();
    await send(engine, 'username\nanna\nben\n', patrons);
    const csv = 'username,email\nAnna,anna.nowhere\nben,b@x,ben@y\nnobody,n@\n';
    const run = await send(engine, csv, patrons);
    const rows = await engine.store.read.runRows.list(run.id, { page: 1, pageSize: 9 });
    expect(rows.items.map(({ row, patronId }) => [row, patronId])).toEqual([
      [2, 1],
      [3, 2],
      [4, null],
    ]);
  });

  test('M3 full: a file with a header alone makes nobody inactive, and the run says so', async () => {
    await using engine = await openEngine();
    await send(engine, 'username\nanna\nben\n', patrons);
    const run = await send(engine, 'username,barcode\n', full);
    expect(run).toMatchObject({ counts: { inactivated: 0 }, notes: [{ code: 'file-without-rows' }] });
    expect(await stored(engine, 'status')).toEqual(['anna ACTIVE', 'ben ACTIVE']);
  });

  test('S4 two patrons exchange barcodes in one file, however far apart their rows are', async () => {
    await using engine = await openEngine();
    await send(engine, 'username,barcode\nanna,1\nben,2\ncarl,3\ndora,4\n', patrons);
    const run = await send(engine, 'username,barcode\nanna,3\nben,1\ncarl,2\ndora,4\neve,\n', patrons);
    expect(run.counts).toMatchObject({ created: 1, updated: 3, unchanged: 1, failed: 0 });
    expect(await stored(engine, 'barcode')).toEqual(['anna 3', 'ben 1', 'carl 2', 'dora 4', 'eve ']);
    await undo(engine, run.id, tuning);
    expect(await stored(engine, 'barcode')).toEqual(['anna 1', 'ben 2', 'carl 3', 'dora 4']);
  });

  test('S4 a key is free once its owner gives it up in the same file, before or after', async () => {
    await using engine = await openEngine();
    await send(engine, 'username,barcode\nanna,1\nben,2\n', patrons);
    const run = await send(engine, 'username,barcode\nnew,1\nanna,9\nben,8\nother,2\n', patrons);
    expect(run.counts).toMatchObject({ created: 2, updated: 2, failed: 0 });
    expect(await stored(engine, 'barcode')).toEqual(['anna 9', 'ben 8', 'new 1', 'other 2']);
  });

  test('S4 a clash fails its row, names the other’s key and drags those along who counted on it', async () => {
    await using engine = await openEngine();
    await send(engine, 'username,barcode\nanna,1\nben,2\ncarl,3\n', patrons);
    // Ben wants Carl's, who is not in the file; Anna wants Ben's; the new one wants Anna's.
    const run = await send(engine, 'username,barcode\nnew,1\nanna,2\nben,3\nfine,7\n', patrons);
    expect(run.counts).toMatchObject({ created: 1, updated: 0, failed: 3 });
    expect(await failures(engine, run.id)).toEqual([
      '2 key-clash barcode username anna',
      '3 key-clash barcode username ben',
      '4 key-clash barcode username carl',
    ]);
    expect(await stored(engine, 'barcode')).toEqual(['anna 1', 'ben 2', 'carl 3', 'fine 7']);
  });

  test('S4 of two rows that want one free key the first gets it', async () => {
    await using engine = await openEngine();
    const run = await send(engine, 'username,barcode\nanna,5\nben,5\n', patrons);
    expect(await failures(engine, run.id)).toEqual(['3 key-clash barcode username anna']);
    expect(await stored(engine, 'barcode')).toEqual(['anna 5']);
  });
});

describe('the file of patrons', () => {
  test.each(['barcode', 'externalid'] as const)(
    'M1 patrons are recognised by %s when asked so',
    async (key) => {
      await using engine = await openEngine();
      await engine.importCsv(`username,${key}\nanna,A1\nben,B2\n`, patrons);
      const run = await engine.importCsv(`${key},username,classgrade\n a1 ,anne,7b\nC3,carl,8\n`, byKey(key));
      expect(run.counts).toMatchObject({ created: 1, updated: 1, failed: 0 });
      // The key stays spelled as it is stored.
      expect(await stored(engine, key, 'classgrade')).toEqual(['anne A1 7b', 'ben B2 ', 'carl C3 8']);
    },
  );

  test('M3 full by barcode: patrons without one, or with another, are not in the file', async () => {
    await using engine = await openEngine();
    await engine.importCsv('username,barcode\nanna,1\nben,2\ncarl,\n', patrons);
    const run = await engine.importCsv('barcode\n1\n', byKey('barcode', 'full'));
    expect(run.counts).toMatchObject({ unchanged: 1, inactivated: 2 });
    expect(await stored(engine, 'status')).toEqual(['anna ACTIVE', 'ben INACTIVE', 'carl INACTIVE']);
  });

  test('M2 a file as a school system exports it is understood', async () => {
    await using engine = await openEngine();
    const header =
      'UserName,PreferredName,LastName,EmailAddress,CardNumber,AdminSystemId,FormClass,HomeGroup,House';
    const run = await engine.importCsv(`${header}\nanna,Anna,Novak,a@x,77,E1,7b,H3,Red\n`, patrons);
    expect(run).toMatchObject({ state: 'applied', counts: { created: 1, failed: 0 } });
    expect(run.notes).toContainEqual({ code: 'column-ignored', column: 'House' });
    expect(await pictureOf(engine.store.read)).toMatchObject([
      {
        username: 'anna',
        firstname: 'Anna',
        surname: 'Novak',
        barcode: '77',
        externalid: 'E1',
        contacts: [{ contact: 'a@x', type: 'EMAIL', role: 'PATRON', primary: true, origin: 'imported' }],
      },
    ]);
  });

  test('M1 a missing column and a blank cell leave what is stored, but a blank class or room clears it', async () => {
    await using engine = await openEngine();
    await engine.importCsv('username,firstname,classgrade,room,email\nanna,Anna,7b,R1,a@x\n', patrons);
    await engine.importCsv('username,firstname,classgrade,email\nanna,,,\n', patrons);
    expect(await pictureOf(engine.store.read)).toMatchObject([
      { firstname: 'Anna', classgrade: '', room: 'R1', contacts: [{ contact: 'a@x' }] },
    ]);
  });

  test('S2 the e-mail of the file is the patron’s own contact, changed in place; one made by hand is kept', async () => {
    await using engine = await openEngine();
    await engine.importCsv('username,email\nanna,a@x\nben,b@x\n', patrons);
    const [before] = await pictureOf(engine.store.read);
    const addition = contactAddition('ben', { type: 'EMAIL', contact: 'ben@home', primary: true });
    await editByHand(engine.store, addition, { actor: { name: 'x', channel: 'api' }, clock: engine.clock });
    const run = await engine.importCsv('username,email\nanna,new@x\nben,new@y\n', patrons);
    const [anna, benNow] = await pictureOf(engine.store.read);
    expect(anna?.contacts).toEqual([{ ...before!.contacts[0], contact: 'new@x' }]);
    expect(benNow?.contacts.map(({ contact, primary }) => [contact, primary])).toContainEqual([
      'ben@home',
      true,
    ]);
    const { items } = await engine.store.read.runRows.list(run.id, { page: 1, pageSize: 9 });
    expect(items.find(({ row }) => row === 3)?.note?.code).toBe('email-custom-kept');
  });
});

describe('the mode that replaces the contacts of all patrons', () => {
  const all: CsvImport = { mode: 'replaceAllPatrons' };

  async function approved(engine: TestEngine, csv: string) {
    const held = await engine.importCsv(csv, all);
    expect(held.state).toBe('held');
    await engine.store.transact((tx) => tx.runs.approve(held.id, 'anna'));
    return engine.perform(held.id);
  }

  async function withContacts(): Promise<TestEngine> {
    const engine = await openEngine();
    await engine.importCsv('username,email\nanna,a@x\nben,b@x\ncarl,c@x\n', patrons);
    return engine;
  }

  test('I21 patrons that are left out lose what was imported, once somebody approved it', async () => {
    await using engine = await withContacts();
    const run = await approved(engine, 'username,type,contact\nanna,EMAIL,a@x\nnobody,EMAIL,n@x\n');
    expect(run).toMatchObject({ state: 'applied', counts: { removed: 2, failed: 1 } });
    expect(await engine.store.read.contacts.count()).toBe(1);
  });

  test.each([
    ['a blank username', 'username,type,contact\nanna,EMAIL,a@x\n,EMAIL,b@x\n'],
    ['too many cells', 'username,type,contact\nanna,EMAIL,a@x\nx,ben,EMAIL,b@x\n'],
  ])('S5 a row that may mean anybody (%s) leaves nobody to be judged as left out', async (_why, csv) => {
    await using engine = await withContacts();
    const run = await approved(engine, csv);
    expect(run).toMatchObject({ state: 'applied', counts: { removed: 0, failed: 1 } });
    expect(run.notes).toContainEqual({ code: 'none-omitted' });
    expect(await engine.store.read.contacts.count()).toBe(3);
  });
});
