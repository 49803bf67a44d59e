import { expect, test } from 'vitest';
import { viewPlan } from '../../src/directory/view-plan.ts';
import { viewRun } from '../../src/directory/view-run.ts';
import { noteMessage } from '../../src/domain/row-notes.ts';
import type { Run } from '../../src/ports/runs.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { undoRun } from '../support/random-campus.ts';
import { openCampus, stateOf, type Campus } from '../support/webcheckout.ts';

const groupHeader = 'unique-identifier,name,organization,end-date';
const sectionHeader = 'unique-identifier,name,group-unique-identifier';
const memberHeader = 'section-unique-identifier,member-unique-identifier';
const setHeader = 'name,unique-identifier,organization,resource-types';

async function keptIn({ engine }: Campus, undo: Run): Promise<string[]> {
  const { items } = await engine.store.read.runRows.list(undo.id, { page: 1, pageSize: 50 });
  return items.map(({ note }) => noteMessage(note!));
}

async function twoSections({ send }: Campus): Promise<void> {
  await send('group', [groupHeader, 'FILM,Film,Film School,']);
  await send('section', [sectionHeader, 'FILM-A,Autumn,FILM', 'FILM-B,Spring,FILM']);
}

test('an undo takes back each field that still stands as the run left it, and lists the others', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('group', [groupHeader, 'FILM,Film,Film School,']);
  const run = await send('group', [groupHeader, 'FILM,Film 101,Film School,6/30/2026']);
  await send('group', [groupHeader, 'FILM,Film 102,Film School,6/30/2026']);
  const undo = await undoRun(engine, run.id);
  const { groups } = await stateOf(engine.store.read);
  expect(groups['FILM']).toEqual({ name: 'Film 102', status: 'ACTIVE', organization: 'Film School' });
  expect(await keptIn(campus, undo)).toEqual(['“group FILM” was changed since (name) and stays as it is.']);
  expect((await viewRun(engine.store.read, undo)).summary).toBe(
    `Run ${run.id} taken back: 1 record set back. 1 thing stays because of later changes.`,
  );
});

test('an undo takes the entries of a set back that the run added, and leaves those that came since', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('authorization-set', [setHeader, 'Cameras,CAM,Film School,CAMERA']);
  const run = await send('authorization-set', [setHeader, 'Cameras,CAM,Film School,LENS']);
  await send('authorization-set', [setHeader, 'Cameras,CAM,Film School,CABLE']);
  const undo = await undoRun(engine, run.id);
  const { authorizationSets } = await stateOf(engine.store.read);
  expect(authorizationSets['CAM']).toMatchObject({ resourceTypes: ['CABLE', 'CAMERA'] });
  expect(undo.counts).toMatchObject({ updated: 1, ignored: 0 });
});

test('an undo removes what the run made only where nothing refers to it', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('group', [groupHeader, 'FILM,Film,Film School,']);
  const run = await send('section', [sectionHeader, 'FILM-A,Autumn,FILM', 'FILM-B,Spring,FILM']);
  await send('section-members', [memberHeader, 'FILM-B,A1']);
  const undo = await undoRun(engine, run.id);
  expect(Object.keys((await stateOf(engine.store.read)).sections)).toEqual(['FILM-B']);
  expect(undo.counts).toMatchObject({ removed: 1, ignored: 1 });
  expect(await keptIn(campus, undo)).toEqual([
    '“section FILM-B” is used by something else since, so it stays.',
  ]);
  expect(undo.consequences?.records).toMatchObject({ section: { removed: 1 } });
});

test('W11 a member that a later file changed stays as it is, the others go back', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await twoSections(campus);
  await send('section-members', [memberHeader, 'FILM-A,A1', 'FILM-A,A2', 'FILM-B,A3']);
  const run = await send('section-members', [memberHeader, 'FILM-A,A4', 'FILM-B,A3']);
  await send('section-members', [`${memberHeader},end-date`, 'FILM-A,A2,9/1/2026', 'FILM-A,A4,']);
  const undo = await undoRun(engine, run.id);
  const { members } = await stateOf(engine.store.read);
  expect(members['FILM-A']).toEqual({
    A1: { status: 'ACTIVE' },
    A2: { status: 'ACTIVE', endDate: '2026-09-01' },
  });
  expect(await keptIn(campus, undo)).toEqual(['“section FILM-A: Ben” was changed since and stays as it is.']);
  const plan = await viewPlan(engine.store.read, undo, { page: 1, pageSize: 9 });
  expect(plan.items.map(({ subject, loses }) => [subject.entity, subject.label, loses])).toEqual([
    ['roster', 'FILM-A', true],
  ]);
  const told = plan.items[0]!.records.map(({ action, member }) => `${member!.name} ${action}`);
  expect(told.sort()).toEqual(['Anna updated', 'Dora removed']);
});

test('S10 a file that would do again what an undo took back is held once', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await twoSections(campus);
  await send('section-members', [memberHeader, 'FILM-A,A1', 'FILM-A,A2', 'FILM-B,A3']);
  const nightly = [memberHeader, 'FILM-A,A1'];
  const run = await send('section-members', nightly);
  await undoRun(engine, run.id);
  const again = await send('section-members', nightly);
  expect(again.state).toBe('held');
  expect(again.heldFor.map(({ code, undone, count, noun }) => [code, undone, count, noun])).toEqual([
    ['redoes-undone', run.id, 1, 'record'],
  ]);
  // As part of a delivery no less.
  const delivery = { 'section-members.csv': `${nightly.join('\n')}\n` };
  const whole = await engine.perform(await engine.receiveFiles(delivery, { channel: 'cli' }));
  expect([whole.state, whole.heldFor[0]?.code]).toEqual(['held', 'redoes-undone']);
  await approveRun(engine.store, again.id, { name: 'head', channel: 'api' }, engine.clock.now());
  expect((await engine.perform(again.id)).state).toBe('applied');
  expect((await send('section-members', nightly)).state).toBe('applied');
});

test('S10 a record that an undo removed and a file would make again is held once', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('group', [groupHeader, 'FILM,Film,Film School,']);
  const run = await send('section', [sectionHeader, 'FILM-A,Autumn,FILM']);
  await send('section', [sectionHeader, 'FILM-B,Spring,FILM']);
  await undoRun(engine, run.id);
  expect((await send('section', [sectionHeader, 'FILM-C,Winter,FILM'])).state).toBe('applied');
  const again = await send('section', [sectionHeader, 'FILM-A,Autumn,FILM']);
  expect(again.heldFor[0]).toMatchObject({ code: 'redoes-undone', undone: run.id });
});
