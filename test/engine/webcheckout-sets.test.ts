import { describe, expect, test } from 'vitest';
import { openCampus, reportOf, stateOf, ways, type Campus } from '../support/webcheckout.ts';

const header = 'name,unique-identifier,organization,group-unique-identifier,resource-types,authset';
const full =
  'name,unique-identifier,organization,group-unique-identifier,description,start-date,end-date,resource-types,checkout-centers,wco-checkout-centers,authset';

const sets = async ({ engine }: Campus) => (await stateOf(engine.store.read)).authorizationSets;
const groups = async ({ engine }: Campus) => (await stateOf(engine.store.read)).groups;

async function seedGroups({ send }: Campus) {
  await send('group', [
    'unique-identifier,name,organization',
    'FILM,Film 101,Film School',
    'SOUND,Sound,Film School',
    'CHOIR,Choir,Music',
  ]);
}

describe.each(ways)('with the plan %s', (_, tuning) => {
  test('W15, W6 every column of a set is stored; entries are only ever added', async () => {
    await using campus = await openCampus(tuning);
    const { send } = campus;
    await seedGroups(campus);
    const row =
      'Cameras,CAM,Film School,FILM,All of them,1/5/2026,12/31/2026,CAMERA | LENS,Front Desk|Stage Desk,Stage Desk,';
    expect((await send('authorization-set', [full, row])).counts).toMatchObject({ created: 1, failed: 0 });
    const stored = {
      name: 'Cameras',
      status: 'ACTIVE',
      startDate: '2026-01-05',
      endDate: '2026-12-31',
      organization: 'Film School',
      description: 'All of them',
      resourceTypes: ['CAMERA', 'LENS'],
      checkoutCenters: ['Front Desk', 'Stage Desk'],
      wcoCheckoutCenters: ['Stage Desk'],
    };
    expect(await sets(campus)).toEqual({ CAM: stored });
    expect((await groups(campus))['FILM']).toMatchObject({ primarySet: 'CAM' });
    expect((await send('authorization-set', [full, row])).counts).toMatchObject({ unchanged: 1, updated: 0 });
    await send('authorization-set', [full, 'Cameras,CAM,Film School,,,,,CABLE,,,']);
    expect(await sets(campus)).toEqual({
      CAM: {
        name: 'Cameras',
        status: 'ACTIVE',
        organization: 'Film School',
        resourceTypes: ['CABLE', 'CAMERA', 'LENS'],
        checkoutCenters: ['Front Desk', 'Stage Desk'],
        wcoCheckoutCenters: ['Stage Desk'],
      },
    });
  });

  test('W15, W16 sets nest each other wherever they stand in the file, and no cycle gets in', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    const run = await send('authorization-set', [
      header,
      'All,ALL,Film School,,,CAM|SOUND',
      'Sound,SOUND,Film School,,CABLE,CAM',
      'Cameras,CAM,Film School,,CAMERA,',
      'Self,SELF,Film School,,,SELF',
      'Lost,LOST,Film School,,,SELF',
    ]);
    expect(run.counts).toMatchObject({ created: 3, failed: 2 });
    expect(await reportOf(engine, run.id)).toEqual([
      '5 nesting-cycle SELF SELF → SELF',
      '6 parent-failed SELF row 5',
    ]);
    expect((await sets(campus))['ALL']).toMatchObject({ sets: ['CAM', 'SOUND'] });
    const closing = await send('authorization-set', [header, 'Cameras,CAM,Film School,,LENS,ALL']);
    expect(await reportOf(engine, closing.id)).toEqual(['2 nesting-cycle ALL CAM → ALL → CAM']);
    expect((await sets(campus))['CAM']).toMatchObject({ resourceTypes: ['CAMERA'] });
  });

  test('W14 a group has one primary set; a second one fails and names it', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seedGroups(campus);
    const run = await send('authorization-set', [
      header,
      'Cameras,CAM,Film School,FILM,,',
      'Second,SECOND,Film School,FILM,,',
      'Cameras,CAM,Film School,SOUND,LENS,',
    ]);
    expect(run.counts).toMatchObject({ created: 1, failed: 1 });
    expect(await reportOf(engine, run.id)).toEqual([
      '2 set-repeated CAM 4',
      '3 second-primary-set FILM CAM',
      '4 set-repeated CAM 2',
    ]);
    expect(await groups(campus)).toMatchObject({
      FILM: { primarySet: 'CAM' },
      SOUND: { primarySet: 'CAM' },
    });
    const again = await send('authorization-set', [header, 'Cameras,CAM,Film School,SOUND,CAMERA,']);
    expect(again.counts).toMatchObject({ updated: 1, failed: 0 });
    expect((await sets(campus))['CAM']).toMatchObject({ resourceTypes: ['CAMERA', 'LENS'] });
  });

  test('W14 a set that stands already becomes the primary one of a group, and that is a change', async () => {
    await using campus = await openCampus(tuning);
    const { send } = campus;
    await seedGroups(campus);
    await send('authorization-set', [header, 'Cameras,CAM,Film School,,LENS,']);
    const run = await send('authorization-set', [header, 'Cameras,CAM,Film School,FILM,,']);
    expect(run.counts).toMatchObject({ updated: 1, unchanged: 0 });
    expect((await groups(campus))['FILM']).toMatchObject({ primarySet: 'CAM' });
  });

  test('W17 a set of another organization serves a group only where it is delegated', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seedGroups(campus);
    const row = 'Cameras,CAM,Film School,CHOIR,,';
    const refused = await send('authorization-set', [header, row]);
    expect(await reportOf(engine, refused.id)).toEqual(['2 set-not-delegated CAM Music']);
    await send('authorization-set', [header, 'Cameras,CAM,Film School,,,']);
    await engine.store.transact(async (tx) => {
      const set = (await tx.records['authorization-set'].findByIdentifier('CAM'))!;
      const music = (await tx.records.organization.findByIdentifier('Music'))!;
      await tx.records['authorization-set'].update([{ ...set, delegatedTo: [music.id] }], engine.clock.now());
    });
    expect((await send('authorization-set', [header, row])).counts).toMatchObject({ failed: 0, updated: 1 });
    // It cannot go where it would leave those who use it.
    const moved = await send('authorization-set', [header, 'Cameras,CAM,Music,FILM,,']);
    expect(await reportOf(engine, moved.id)).toEqual(['2 set-not-delegated CAM Film School']);
  });
});

test('W7 wco-checkout-center is read as wco-checkout-centers', async () => {
  await using campus = await openCampus();
  const run = await campus.send('authorization-set', [
    'name,unique-identifier,organization,wco-checkout-center',
    'Stage,STAGE,Film School,Stage Desk',
  ]);
  expect(run.counts).toMatchObject({ created: 1, failed: 0 });
  expect((await sets(campus))['STAGE']).toMatchObject({ wcoCheckoutCenters: ['Stage Desk'] });
});

test('W15 ten thousand entries in a cell come in, and one bad one among them is named', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  const types = Array.from({ length: 10_000 }, (_, n) => `T-${n}`);
  await send('resource-types', ['unique-identifier,name', ...types.map((type) => `${type},${type}`)]);
  const cell = types.join('|');
  const bad = await send('authorization-set', [header, `Big,BIG,Film School,,${cell}|T-1OO,`]);
  expect(await reportOf(engine, bad.id)).toEqual(['2 resource-types-unknown T-1OO T-100']);
  expect((await send('authorization-set', [header, `Big,BIG,Film School,,${cell},`])).counts).toMatchObject({
    created: 1,
  });
  const stored = await engine.store.read.records['authorization-set'].findByIdentifier('BIG');
  expect(stored!.resourceTypes).toHaveLength(10_000);
  const again = await send('authorization-set', [header, `Big,BIG,Film School,,${cell},`]);
  expect(again.counts).toMatchObject({ unchanged: 1 });
});

test('W16 a cycle of fifty sets is found with its path', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  const chain = Array.from({ length: 49 }, (_, n) => `S,N${n},Film School,,,N${n + 1}`);
  await send('authorization-set', [header, ...chain, 'S,N49,Film School,,,']);
  const run = await send('authorization-set', [header, 'S,N49,Film School,,,N0']);
  const path = ['N49', ...Array.from({ length: 50 }, (_, n) => `N${n}`)].join(' → ');
  expect(await reportOf(engine, run.id)).toEqual([`2 nesting-cycle N0 ${path}`]);
});
