import { expect, test, vi } from 'vitest';
import { contactAddition } from '../../src/directory/edit-contacts.ts';
import { erasePatron } from '../../src/directory/erase-patron.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { patronChange } from '../../src/directory/save-patron.ts';
import type { Run } from '../../src/ports/runs.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { openEngine, type EngineTuning, type TestEngine } from '../support/engine.ts';
import { pictureOf, undo } from '../support/random-past.ts';

const actor = { name: 'anna', channel: 'api' } as const;
const keepCustom = { mode: 'replaceDeclaredPatronsKeepCustomContacts' };

async function seeded(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv('username,barcode\nanna,1\nben,2\n', { kind: 'patrons' });
  await engine.importCsv('username,type,contact\nanna,EMAIL,anna@old\nben,EMAIL,ben@old\n');
  return engine;
}

/** Performs the run; once its plan is made, and before that is applied, something is done. */
async function performWith(
  engine: TestEngine,
  runId: number,
  act: () => Promise<unknown>,
  tuning?: EngineTuning,
): Promise<Run> {
  const snapshot = engine.store.snapshot.bind(engine.store);
  const planning = vi.spyOn(engine.store, 'snapshot').mockImplementationOnce(
    // What a plan rests on is read as one picture.
    async <T>(work: (reader: TenantReader) => Promise<T>) => {
      const plan = await snapshot(work);
      await act();
      return plan;
    },
  );
  const run = await engine.perform(runId, tuning);
  expect(planning).toHaveBeenCalledOnce();
  return run;
}

const contactsOf = async (engine: TestEngine, username: string) => {
  const patron = await engine.store.read.patrons.findByKey('username', username);
  const contacts = await engine.store.read.contacts.listByPatron(patron!.id);
  return contacts.map(({ contact, origin }) => `${contact} ${origin}`);
};

test('S9 a hand that changes a patron between plan and applying is seen: the plan is made again', async () => {
  await using engine = await seeded();
  const id = await engine.receive('username,type,contact\nanna,EMAIL,anna@new\n', keepCustom);
  const addition = contactAddition('anna', { type: 'EMAIL', contact: 'anna@NEW' });
  const run = await performWith(engine, id, () =>
    editByHand(engine.store, addition, { actor, clock: engine.clock }),
  );
  // Without the second look a twin of what the hand made would stand beside it.
  expect(await contactsOf(engine, 'anna')).toEqual(['anna@NEW custom']);
  expect(run.counts).toMatchObject({ created: 0, unchanged: 1, removed: 1 });
  const { total } = await engine.store.read.runRows.list(id, { page: 1, pageSize: 9 });
  expect(total).toBe(1);
});

test('S4 a key that a hand gives away between plan and applying fails its row, not the import', async () => {
  await using engine = await seeded();
  const id = await engine.receive('username,barcode\ncarl,77\ndora,88\n', { kind: 'patrons' });
  const change = patronChange('ben', { barcode: '77' });
  const run = await performWith(engine, id, () =>
    editByHand(engine.store, change, { actor, clock: engine.clock }),
  );
  expect(run).toMatchObject({ state: 'applied', counts: { created: 1, failed: 1 } });
  expect(await engine.store.read.patrons.findByKey('username', 'carl')).toBeUndefined();
});

test('a patron who is erased between plan and applying is not brought back by it', async () => {
  await using engine = await seeded();
  const id = await engine.receive('username,type,contact\nanna,EMAIL,a@x\nben,EMAIL,b@x\n');
  const anna = (await engine.store.read.patrons.findByKey('username', 'anna'))!;
  const run = await performWith(engine, id, () => erasePatron(engine.store, anna.id, actor, 1));
  expect(run).toMatchObject({ state: 'applied', counts: { failed: 1 } });
  expect(await engine.store.read.patrons.count()).toBe(1);
  expect(await contactsOf(engine, 'ben')).toEqual(['b@x imported']);
});

test.each([
  ['kept', {}],
  ['made again', { plannedRecordsMax: -1 }],
])('whoever was taken over writes nothing (plan %s), and the other one finishes', async (_, tuning) => {
  await using engine = await seeded();
  const before = await pictureOf(engine.store.read);
  const id = await engine.receive('username,type,contact\nanna,EMAIL,anna@new\nben,FAX,1\n');
  const takeOver = () => engine.store.transact((tx) => tx.runs.begin(id, 2));
  const run = await performWith(engine, id, takeOver, tuning);
  expect(run).toMatchObject({ state: 'running', attempt: 2, summary: '' });
  expect(await pictureOf(engine.store.read)).toEqual(before);
  expect((await engine.store.read.runRows.list(id, { page: 1, pageSize: 9 })).total).toBe(0);

  const finished = await engine.perform(id);
  expect(finished).toMatchObject({ state: 'applied', attempt: 3, counts: { created: 1, failed: 1 } });
  expect(await contactsOf(engine, 'anna')).toEqual(['anna@new imported']);
  // Once it has ended, nobody begins it again.
  expect(await engine.perform(id)).toEqual(finished);
});

test('a dry run that was taken over leaves its report to the other one', async () => {
  await using engine = await seeded();
  const id = await engine.receive('username,type,contact\nanna,FAX,1\nben,FAX,2\n', { dryRun: true });
  let planned = 0;
  let takeover: Promise<unknown> | undefined;
  const onProgress = () => {
    if (++planned > 1) takeover ??= engine.store.transact((tx) => tx.runs.begin(id, 2));
  };
  const run = await engine.perform(id, { subjectsPerBatch: 1, onProgress });
  await takeover;
  expect(run).toMatchObject({ state: 'running', attempt: 2 });
  const finished = await engine.perform(id);
  expect(finished).toMatchObject({ state: 'applied', counts: { failed: 2 } });
  const { items } = await engine.store.read.runRows.list(id, { page: 1, pageSize: 9 });
  expect(items.map(({ row, outcome }) => [row, outcome])).toEqual([
    [2, 'failed'],
    [3, 'failed'],
  ]);
});

test('an undo that breaks counts its attempts and leaves nothing behind', async () => {
  await using engine = await seeded();
  const run = await engine.importCsv('username,type,contact\nanna,EMAIL,anna@new\n');
  const before = await pictureOf(engine.store.read);
  const onProgress = () => {
    throw new Error('a bug');
  };
  await expect(undo(engine, run.id, { onProgress })).rejects.toThrow('a bug');
  const [waiting] = await engine.store.read.runs.listUnfinished();
  expect(waiting).toMatchObject({ undoes: run.id, state: 'running', attempt: 1 });
  expect(await pictureOf(engine.store.read)).toEqual(before);
  expect(await engine.perform(waiting!.id)).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await contactsOf(engine, 'anna')).toEqual(['anna@old imported']);
});

test('S9 whoever takes a run up that has ended meanwhile leaves its report as it is', async () => {
  await using engine = await seeded();
  const run = await engine.importCsv('username,type,contact\nanna,EMAIL,anna@new\nnobody,EMAIL,x@y\n');
  const report = () => engine.store.read.runRows.list(run.id, { page: 1, pageSize: 10 });
  const before = await report();
  expect(before.items.map(({ outcome }) => outcome)).toEqual(['created', 'failed']);
  expect(await engine.perform(run.id)).toEqual(run);
  expect(await report()).toEqual(before);
});
