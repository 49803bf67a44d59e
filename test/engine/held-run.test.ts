import { expect, test } from 'vitest';
import { runSummary } from '../../src/directory/view-run.ts';
import { approveRun, discardRun } from '../../src/sync/held-run.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const actor = { name: 'head', channel: 'api' } as const;
const mode = 'replaceAllPatrons';

async function withContacts(engine: TestEngine): Promise<void> {
  await engine.importCsv('username\nanna\nben\n', { kind: 'patrons' });
  await engine.importCsv('username,type,contact\nanna,PHONE,1\nben,PHONE,2\n');
}

async function phoneNumbers(engine: TestEngine): Promise<string[]> {
  const patrons = await engine.store.read.patrons.listAfter(0, 10);
  const contacts = await engine.store.read.contacts.mapByPatron(patrons.map(({ id }) => id));
  return [...contacts.values()].flat().map(({ contact }) => contact);
}

async function auditActions(engine: TestEngine): Promise<string[]> {
  const { items } = await engine.store.read.audit.list(1, 10);
  return items.map(({ actor: by, action, subject }) => `${by.name} ${action} ${subject}`);
}

test('S10 an approved run is planned afresh, over what stands by then', async () => {
  await using engine = await openEngine();
  await withContacts(engine);
  const held = await engine.importCsv('username,type,contact\nanna,PHONE,1\n', { mode });
  expect(held).toMatchObject({ state: 'held', counts: { removed: 1 } });

  // Of another sender, so the held run stays.
  await engine.importCsv('username,type,contact\nben,PHONE,3\n', { sender: 'other' });
  await approveRun(engine.store, held.id, actor, engine.clock.now());
  expect(await engine.store.read.runs.findById(held.id)).toMatchObject({ state: 'received' });
  const applied = await engine.perform(held.id);
  expect(applied).toMatchObject({ state: 'applied', approvedBy: 'head', counts: { removed: 1 } });
  expect(await phoneNumbers(engine)).toEqual(['1']);
  expect(await auditActions(engine)).toEqual([`head import.approved import ${held.id}`]);
});

test.each([
  ['kept between planning and applying', undefined],
  ['made while it is written', 0],
])('S10 a plan that has grown is held again (%s)', async (_how, plannedRecordsMax) => {
  await using engine = await openEngine();
  const tuning = plannedRecordsMax === undefined ? {} : { plannedRecordsMax };
  await withContacts(engine);
  const held = await engine.importCsv('username,type,contact\nanna,PHONE,1\nanna,PHONE,9\n', { mode });
  await engine.importCsv('username,type,contact\nben,PHONE,2\nben,PHONE,3\n', { sender: 'other' });

  await approveRun(engine.store, held.id, actor, engine.clock.now());
  const again = await engine.perform(held.id, tuning);
  expect(again).toMatchObject({ state: 'held', approvedBy: null, counts: { created: 1, removed: 2 } });
  expect(runSummary(again)).toContain('Held for approval');
  expect(await phoneNumbers(engine)).toEqual(['1', '2', '3']);

  await approveRun(engine.store, held.id, actor, engine.clock.now());
  expect(await engine.perform(held.id, tuning)).toMatchObject({ state: 'applied', approvedBy: 'head' });
  expect(await phoneNumbers(engine)).toEqual(['1', '9']);
});

test('S10 a newer file of the same kind and sender discards the held run', async () => {
  await using engine = await openEngine();
  await withContacts(engine);
  const held = await engine.importCsv('username,type,contact\nanna,PHONE,1\n', { mode });
  await engine.importCsv('username,type,contact\nanna,PHONE,5\n');
  expect(await engine.store.read.runs.findById(held.id)).toMatchObject({ state: 'discarded' });
});

test('a discarded run changes nothing, and neither decision can be taken twice', async () => {
  await using engine = await openEngine();
  await withContacts(engine);
  const held = await engine.importCsv('username,type,contact\nanna,PHONE,1\n', { mode });
  await discardRun(engine.store, held.id, actor, engine.clock.now());
  expect(await engine.perform(held.id)).toMatchObject({ state: 'discarded' });
  expect(await phoneNumbers(engine)).toEqual(['1', '2']);

  for (const decide of [approveRun, discardRun]) {
    await expect(decide(engine.store, held.id, actor, 0)).rejects.toMatchObject({ code: 'conflict' });
    await expect(decide(engine.store, 99, actor, 0)).rejects.toMatchObject({ code: 'not-found' });
  }
  expect(await auditActions(engine)).toEqual([`head import.discarded import ${held.id}`]);
});

test('an undo asked for twice before it is done is one undo', async () => {
  await using engine = await openEngine();
  await withContacts(engine);
  const run = await engine.importCsv('username,type,contact\nanna,PHONE,5\n');
  const first = await requestUndo(engine.store, run.id, 'head', 'api', 0);
  expect(await requestUndo(engine.store, run.id, 'head', 'api', 0)).toBe(first);
  await engine.perform(first);
  expect(await phoneNumbers(engine)).toEqual(['1', '2']);
  expect(await auditActions(engine)).toEqual([`head import.undone import ${run.id}`]);
  await expect(requestUndo(engine.store, run.id, 'head', 'api', 0)).rejects.toMatchObject({
    code: 'conflict',
  });
});
