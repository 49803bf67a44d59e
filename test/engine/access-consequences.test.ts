import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listPatronAccess } from '../../src/directory/patron-access.ts';
import { planTotals } from '../../src/directory/view-plan.ts';
import type { TargetChange } from '../../src/domain/plan/access-consequences.ts';
import type { Run } from '../../src/ports/runs.ts';
import { anyCampusPast, anyDelivery, takeStep, undoRun } from '../support/random-campus.ts';
import { randomRuns } from '../support/random-runs.ts';
import { openCampus, ways, type Campus } from '../support/webcheckout.ts';

/** What each patron may have, as `patron kind name`, asked one by one. */
async function accessOfAll({ engine }: Campus): Promise<Set<string>> {
  const { read, tenant } = engine.store;
  const moment = { at: engine.clock.now(), zone: tenant.zone };
  const all = new Set<string>();
  for (const patron of await read.patrons.listAfter(0, 100)) {
    for (const { kind, name } of await listPatronAccess(read, patron, moment, true)) {
      all.add(`${patron.id} ${kind} ${name}`);
    }
  }
  return all;
}

/** How many lose and gain each thing between two answers, by its kind and name. */
function turnsBetween(before: ReadonlySet<string>, after: ReadonlySet<string>): Map<string, string> {
  const things = (all: ReadonlySet<string>) => Map.groupBy(all, (one) => one.split(' ').slice(1).join(' '));
  const [lost, gained] = [things(before.difference(after)), things(after.difference(before))];
  const names = new Set([...lost.keys(), ...gained.keys()]);
  return new Map(
    Array.from(names, (name) => [name, `-${lost.get(name)?.length ?? 0} +${gained.get(name)?.length ?? 0}`]),
  );
}

function said({ consequences }: Run): Map<string, string> {
  const targets: readonly TargetChange[] = consequences?.access?.targets ?? [];
  return new Map(targets.map(({ kind, name, lose, gain }) => [`${kind} ${name}`, `-${lose} +${gain}`]));
}

const groupHeader = 'unique-identifier,name,organization,end-date';
const sectionHeader = 'unique-identifier,name,group-unique-identifier';
const memberHeader = 'section-unique-identifier,member-unique-identifier';
const setHeader = 'name,unique-identifier,organization,group-unique-identifier,resource-types';

/** FILM-A and FILM-B, both leading to cameras; anna is in both, ben in the first. */
async function filmSchool({ send }: Campus): Promise<void> {
  await send('group', [groupHeader, 'FILM,Film,Film School,']);
  await send('section', [sectionHeader, 'FILM-A,Autumn,FILM', 'FILM-B,Spring,FILM']);
  await send('section-members', [memberHeader, 'FILM-A,A1', 'FILM-A,A2', 'FILM-B,A1', 'FILM-B,A3']);
  await send('authorization-set', [setHeader, 'Cameras,CAM,Film School,FILM,CAMERA']);
}

test.each(ways)(
  'W20 a plan (%s) and its undo say who loses and gains what, as each patron would be told',
  async (_, tuning) => {
    await fc.assert(
      fc.asyncProperty(anyCampusPast, anyDelivery, async (past, delivery) => {
        await using campus = await openCampus();
        for (const step of past) await takeStep(campus, step, tuning);
        const before = await accessOfAll(campus);
        const run = (await takeStep(campus, delivery, tuning))!;
        const after = await accessOfAll(campus);
        expect(said(run)).toEqual(turnsBetween(before, after));
        if (run.state !== 'applied') return;
        const undo = await undoRun(campus.engine, run.id, tuning);
        expect(said(undo)).toEqual(turnsBetween(after, await accessOfAll(campus)));
      }),
      randomRuns(10),
    );
  },
);

test.each(ways)(
  'W20 whoever has another way keeps it: a plan (%s) counts patrons, not memberships',
  async (_, tuning) => {
    await using campus = await openCampus(tuning);
    await filmSchool(campus);
    // Anna leaves the first section and stays in the second; ben leaves for good, dora is new.
    const run = await campus.send('section-members', [memberHeader, 'FILM-A,A4']);
    expect(planTotals(run.consequences!).sentences).toEqual([
      '2 memberships end.',
      '1 patron loses Cameras today.',
      '1 patron gains Cameras today.',
      '1 membership is new.',
    ]);
    expect(run.consequences?.access).toMatchObject({ exact: true, closed: [], opened: [] });
  },
);

test.each(ways)('W20 of very many a plan (%s) counts memberships, and says so', async (_, tuning) => {
  await using campus = await openCampus({ ...tuning, accessMembersMax: 1 });
  const { send } = campus;
  await filmSchool(campus);
  const run = await send('section-members', [memberHeader, 'FILM-A,A4']);
  expect(planTotals(run.consequences!).sentences).toEqual([
    '2 memberships end.',
    '2 memberships that lead to Cameras end today.',
    '1 membership that leads to Cameras begins today.',
    '1 membership is new.',
  ]);
  const ended = await send('group', [groupHeader, 'FILM,Film,Film School,1/31/2026']);
  expect(ended.consequences?.access).toMatchObject({ exact: false, targets: [{ lose: 3, gain: 0 }] });
});

test('W20 a group that ends takes away what its members had by it alone', async () => {
  await using campus = await openCampus();
  const { send } = campus;
  await filmSchool(campus);
  await send('group', [groupHeader, 'ART,Art,Film School,']);
  await send('section', [sectionHeader, 'ART-A,Autumn,ART']);
  await send('section-members', [memberHeader, 'ART-A,A2']);
  await send('authorization-set', [setHeader, 'Lenses,LEN,Film School,ART,LENS|CAMERA']);
  const run = await send('group', [groupHeader, 'FILM,Film,Film School,1/31/2026']);
  expect(planTotals(run.consequences!).sentences).toEqual([
    '1 group becomes inactive.',
    '2 patrons lose Cameras today.',
  ]);
});

test('W20 what becomes restricted, and what is open from now on, is said by its name', async () => {
  await using campus = await openCampus();
  const types = 'unique-identifier,name,restricted';
  const run = await campus.send('resource-types', [types, 'CAMERA,Cameras,FALSE', 'CABLE,Cables,TRUE']);
  expect(planTotals(run.consequences!).sentences).toEqual([
    'Cables becomes restricted: whomever no authorization set grants it loses it today.',
    'Cameras is open to every active patron from today.',
    '2 resource types change in some way.',
  ]);
});
