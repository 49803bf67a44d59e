import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/ports/runs.ts';
import { approveRun, discardRun } from '../../src/sync/held-run.ts';
import { contactChange } from '../../src/directory/edit-contacts.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine, type EngineTuning, type TestEngine } from '../support/engine.ts';

const actor = { name: 'head', channel: 'api' } as const;
const header = 'username,type,contact\n';

async function undo(engine: TestEngine, runId: number): Promise<Run> {
  engine.clock.time += 1000;
  return engine.perform(await requestUndo(engine.store, runId, 'head', 'api', engine.clock.now()));
}

async function approve(engine: TestEngine, runId: number): Promise<Run> {
  await approveRun(engine.store, runId, actor, engine.clock.now());
  return engine.perform(runId);
}

async function phonesOf(engine: TestEngine, username: string): Promise<string[]> {
  const patron = await engine.store.read.patrons.findByKey('username', username);
  return (await engine.store.read.contacts.listByPatron(patron!.id)).map(({ contact }) => contact);
}

async function school(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv('username,classgrade\nanna,7a\nben,7b\n', { kind: 'patrons' });
  await engine.importCsv(`${header}anna,PHONE,1\nben,PHONE,2\n`);
  return engine;
}

const ways: [string, EngineTuning][] = [
  ['kept', {}],
  ['made while it is written', { plannedRecordsMax: -1 }],
];

describe.each(ways)('S10 after an undo, with the plan %s', (_way, tuning) => {
  test('S10 the file that was taken back is held when it comes again, until somebody approves it', async () => {
    await using engine = await school();
    const bad = `${header}anna,PHONE,9\n`;
    const run = await engine.importCsv(bad, {}, tuning);
    await undo(engine, run.id);
    expect(await phonesOf(engine, 'anna')).toEqual(['1']);

    const held = await engine.importCsv(bad, {}, tuning);
    expect(held).toMatchObject({
      state: 'held',
      heldFor: [{ code: 'redoes-undone', undone: run.id, count: 1 }],
    });
    await discardRun(engine.store, held.id, actor, engine.clock.now());
    // Dropped, it is no more wanted than before: nobody has let it through.
    const again = await engine.importCsv(bad, { sender: 'other' }, tuning);
    expect(again.state).toBe('held');
    expect(await approve(engine, again.id)).toMatchObject({ state: 'applied' });
    expect(await phonesOf(engine, 'anna')).toEqual(['9']);

    // Now the undo has had its say.
    await engine.importCsv(`${header}anna,PHONE,1\n`, {}, tuning);
    expect(await engine.importCsv(bad, {}, tuning)).toMatchObject({ state: 'applied', heldFor: [] });
  });

  test('S10 other changes of the same patrons are not held', async () => {
    await using engine = await school();
    const run = await engine.importCsv(`${header}anna,PHONE,9\nben,PHONE,8\n`, {}, tuning);
    await undo(engine, run.id);
    const mended = await engine.importCsv(`${header}anna,PHONE,1\nanna,PHONE,3\nben,PHONE,2\n`, {}, tuning);
    expect(mended).toMatchObject({ state: 'applied', counts: { created: 1 } });
    // The patrons are another kind.
    const grades = await engine.importCsv('username,classgrade\nanna,8a\n', { kind: 'patrons' }, tuning);
    expect(grades.state).toBe('applied');
    // Weeks later the fault comes back all the same.
    engine.clock.time += 30 * 24 * 60 * 60_000;
    expect(await engine.importCsv(`${header}ben,PHONE,8\n`, {}, tuning)).toMatchObject({ state: 'held' });
  });

  test('S10 patrons set back, made inactive or brought in by the undone run are watched too', async () => {
    await using engine = await school();
    const bad = 'username,classgrade\nanna,8a\ncleo,8c\n';
    const run = await engine.importCsv(bad, { kind: 'patrons', mode: 'full' }, tuning);
    expect(run.counts).toMatchObject({ created: 1, updated: 1, inactivated: 1 });
    await undo(engine, run.id);

    const change = await engine.importCsv('username,classgrade\nanna,8a\n', { kind: 'patrons' }, tuning);
    expect(change.heldFor).toMatchObject([{ undone: run.id, count: 1 }]);
    const birth = await engine.importCsv('username\nCleo\n', { kind: 'patrons' }, tuning);
    expect(birth.state).toBe('held');
    const all = await engine.importCsv(bad, { kind: 'patrons', mode: 'full' }, tuning);
    expect(all.heldFor).toMatchObject([{ code: 'redoes-undone', count: 3 }]);
    expect(await engine.importCsv('username\ndora\n', { kind: 'patrons' }, tuning)).toMatchObject({
      state: 'applied',
    });
  });

  test('S10 a first load that was taken back loads again, and the watch can be switched off', async () => {
    await using engine = await openEngine();
    const patrons = 'username\nanna\n';
    await undo(engine, (await engine.importCsv(patrons, { kind: 'patrons' }, tuning)).id);
    expect(await engine.importCsv(patrons, { kind: 'patrons' }, tuning)).toMatchObject({ state: 'applied' });

    await engine.importCsv(`${header}anna,PHONE,1\n`, {}, tuning);
    const run = await engine.importCsv(`${header}anna,PHONE,9\n`, {}, tuning);
    await undo(engine, run.id);
    const dry = await engine.importCsv(`${header}anna,PHONE,9\n`, { dryRun: true }, tuning);
    expect(dry).toMatchObject({ state: 'applied', heldFor: [{ code: 'redoes-undone' }] });
    await engine.store.transact((tx) => tx.settings.save({ holdAfterUndo: false }));
    expect(await engine.importCsv(`${header}anna,PHONE,9\n`, {}, tuning)).toMatchObject({ state: 'applied' });
  });

  test('S10 an undo that is itself undone watches nothing', async () => {
    await using engine = await school();
    const run = await engine.importCsv(`${header}anna,PHONE,9\n`, {}, tuning);
    await undo(engine, (await undo(engine, run.id)).id);
    expect(await phonesOf(engine, 'anna')).toEqual(['9']);
    expect(await engine.importCsv(`${header}anna,PHONE,9\nben,PHONE,2\n`, {}, tuning)).toMatchObject({
      state: 'applied',
      counts: { created: 0, removed: 0, updated: 0 },
    });
  });
});

test('S9 the older of two runs taken back after the newer one leaves nothing of itself standing', async () => {
  await using engine = await openEngine();
  await engine.importCsv('username\nanna\n', { kind: 'patrons' });
  const older = await engine.importCsv(`${header}anna,PHONE,1\nanna,PHONE,2\n`);
  const newer = await engine.importCsv(`${header}anna,PHONE,2\nanna,PHONE,3\n`);
  expect(await undo(engine, newer.id)).toMatchObject({
    state: 'applied',
    counts: { created: 1, removed: 1 },
  });
  expect(await phonesOf(engine, 'anna')).toEqual(['1', '2']);
  // What came back is still of the run that made it, so it goes with that one.
  expect(await undo(engine, older.id)).toMatchObject({ counts: { created: 0, removed: 2, ignored: 0 } });
  expect(await phonesOf(engine, 'anna')).toEqual([]);
});

test('S9 a contact that came back and was changed by a hand before it went stays, and is listed', async () => {
  await using engine = await openEngine();
  await engine.importCsv('username\nanna\n', { kind: 'patrons' });
  const older = await engine.importCsv(`${header}anna,PHONE,1\n`);
  const patron = (await engine.store.read.patrons.findByKey('username', 'anna'))!;
  const [contact] = await engine.store.read.contacts.listByPatron(patron.id);
  const change = contactChange('anna', contact!.id, { addressee: 'By hand' });
  await editByHand(engine.store, change, { actor, clock: engine.clock });
  const newer = await engine.importCsv(`${header}anna,PHONE,2\n`);
  await undo(engine, newer.id);
  expect(await undo(engine, older.id)).toMatchObject({ counts: { removed: 0, ignored: 1 } });
  expect(await phonesOf(engine, 'anna')).toEqual(['1']);
});
