import { expect, onTestFinished, test } from 'vitest';
import { listHistory } from '../../src/directory/history.ts';
import { viewPlan } from '../../src/directory/view-plan.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { patronChange } from '../../src/directory/save-patron.ts';
import type { Run } from '../../src/ports/runs.ts';
import { fsiPatrons, type FsiPatrons } from '../support/fsi-patrons.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const day = 24 * 60 * 60_000;

interface Cast {
  readonly engine: TestEngine;
  readonly fsi: FsiPatrons;
  readonly runs: () => Promise<readonly Run[]>;
  readonly undo: (runId: number) => Promise<Run>;
}

/** A school with two patrons from a file, and a client `sync` in session 7. */
async function cast(): Promise<Cast> {
  const engine = await openEngine();
  onTestFinished(() => engine[Symbol.asyncDispose]());
  await engine.importCsv('username,firstname,email,room\nanna,Anna,anna@x,R1\nben,Ben,ben@x,R2\n', {
    kind: 'patrons',
  });
  const fsi = fsiPatrons(engine.store);
  fsi.clock.time = engine.clock.time + 60_000;
  return {
    engine,
    fsi,
    runs: async () => (await engine.store.read.runs.list({ page: 1, pageSize: 20 })).items.slice(0, -1),
    undo: async (runId) =>
      engine.perform(await requestUndo(engine.store, runId, 'operator', 'cli', fsi.clock.time)),
  };
}

test('what a client sets in a session on a day is one run, whoever else writes at the same time', async () => {
  const { engine, fsi, runs } = await cast();
  const other = fsiPatrons(engine.store, { client: { id: 2, name: 'other' }, sessionId: 8 });
  other.clock.time = fsi.clock.time;
  await Promise.all([
    fsi.set({ keyfield: 'username', username: 'anna', room: 'R9' }),
    other.set({ keyfield: 'username', username: 'ben', room: 'R8' }),
    fsi.set({ keyfield: 'username', username: 'nobody' }),
  ]);
  await fsi.set({ keyfield: 'username', username: 'carla', allownew: true, email: 'carla@x' });
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R9' });
  fsi.clock.time += day;
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R10' });
  const shown = (await runs()).map(({ kind, mode, channel, sender, state, counts, rowCount, options }) => [
    `${kind} ${mode} ${channel} ${sender} ${state} ${options['day']}`,
    [counts.created, counts.updated, counts.unchanged, rowCount],
  ]);
  expect(shown).toEqual([
    ['patrons set fsi sync applied 2026-01-06', [0, 1, 0, 1]],
    ['patrons set fsi other applied 2026-01-05', [0, 1, 0, 1]],
    ['patrons set fsi sync applied 2026-01-05', [1, 1, 1, 3]],
  ]);
});

test('history names the client and the run of each change', async () => {
  const { engine, fsi, runs } = await cast();
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R9', email: 'zak@x' });
  await fsi.set({ keyfield: 'username', username: 'carla', allownew: true });
  const [run] = await runs();
  const { read } = engine.store;
  for (const username of ['anna', 'carla']) {
    const patron = (await read.patrons.findByKey('username', username))!;
    const { items } = await listHistory(read, patron, { page: 1, pageSize: 20 });
    const byClient = items.filter(({ channel }) => channel === 'fsi');
    expect(byClient.length).toBeGreaterThan(0);
    expect(byClient.every(({ actor, runId }) => actor === 'sync' && runId === run!.id)).toBe(true);
  }
  const plan = await viewPlan(read, run!, { page: 1, pageSize: 20 });
  expect(plan.items.map(({ username }) => username)).toEqual(['anna', 'carla']);
  expect(plan.items[0]!.records).toMatchObject([
    { entity: 'patron', changes: [{ field: 'room', before: 'R1', after: 'R9' }] },
    { entity: 'contact', action: 'updated' },
  ]);
  expect(plan.totals.patrons).toMatchObject({ changed: 2, created: 1 });
});

test('an undo takes back all that a session has set, however often it set it', async () => {
  const { engine, fsi, runs, undo } = await cast();
  for (const [room, email] of [
    ['R7', 'a1@x'],
    ['R8', 'a2@x'],
    ['R9', ''],
  ]) {
    await fsi.set({ keyfield: 'username', username: 'anna', room, email, externalid: `X${room}` });
  }
  for (const email of ['c1@x', 'c2@x', '', 'c3@x']) {
    await fsi.set({ keyfield: 'username', username: 'carla', allownew: true, email, room: email });
  }
  await fsi.set({ keyfield: 'username', username: 'ben', email: '' });
  await fsi.set({ keyfield: 'username', username: 'ben', email: 'new@x' });
  const [run] = await runs();
  expect(run!.counts).toMatchObject({ created: 1, updated: 8 });
  const undone = await undo(run!.id);
  expect(undone).toMatchObject({ state: 'applied', counts: { ignored: 0, removed: 3 } });
  const { read } = engine.store;
  expect((await fsi.get('username', 'anna')).item).toMatchObject([
    { room: 'R1', email: 'anna@x', externalid: '' },
  ]);
  expect((await fsi.get('username', 'ben')).item).toMatchObject([{ email: 'ben@x' }]);
  expect(await read.patrons.count()).toBe(2);
  // The next write belongs to a run of its own.
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R5' });
  const [after, , first] = await runs();
  expect([first!.state, after!.state, after!.counts.updated]).toEqual(['undone', 'applied', 1]);
});

test('an undo leaves what a hand has set in between or since', async () => {
  const { engine, fsi, runs, undo } = await cast();
  const { store } = engine;
  const hand = { actor: { name: 'op', channel: 'api' }, clock: fsi.clock } as const;
  const change = (declared: { room?: string; classgrade?: string; surname?: string }) =>
    editByHand(store, patronChange('anna', declared), hand);
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R7', classgrade: '7A', surname: 'Zak' });
  await change({ room: 'R-hand', classgrade: '7-hand' });
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R8' });
  await change({ surname: 'Zak-hand' });
  const [run] = await runs();
  const undone = await undo(run!.id);
  expect(undone.counts).toMatchObject({ updated: 1, ignored: 2 });
  const anna = await store.read.patrons.findByKey('username', 'anna');
  expect(anna).toMatchObject({ room: 'R-hand', classgrade: '7-hand', surname: 'Zak-hand' });
});

test('S9 what a client sets while an import is planned is noticed by it, and voids its fingerprint', async () => {
  const { engine, fsi } = await cast();
  const csv = 'username,firstname,room\nanna,Anna,R1\nben,Ben,R2\ncarla,Carla,R3\n';
  const id = await engine.receive(csv, { kind: 'patrons' });
  let isSet = false;
  const run = await engine.perform(id, {
    onProgress: ({ subjectsPlanned }) => {
      if (isSet || subjectsPlanned === 0) return;
      isSet = true;
      void fsi.set({ keyfield: 'username', username: 'carla', allownew: true, room: 'R-fsi' });
    },
  });
  expect(isSet).toBe(true);
  expect(run.state).toBe('applied');
  await fsi.set({ keyfield: 'username', username: 'anna', room: 'R-fsi' });
  const again = await engine.importCsv(csv, { kind: 'patrons' });
  expect(again.counts).toMatchObject({ created: 0, failed: 0 });
  expect((await fsi.get('username', 'anna')).item).toMatchObject([{ room: 'R1' }]);
  expect((await fsi.get('username', 'carla')).item).toMatchObject([{ room: 'R3' }]);
});
