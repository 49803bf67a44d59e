import { expect, test } from 'vitest';
import { openCampus, reportOf, type Campus } from '../support/webcheckout.ts';

/** What is registered, by name: `CAMERA restricted`. */
async function registered({ engine }: Campus) {
  const { records } = engine.store.read;
  const types = await records['resource-type'].listAfter(0, 100);
  const centers = await records['checkout-center'].listAfter(0, 100);
  const organizations = await records.organization.listAfter(0, 100);
  return {
    organizations: organizations.map(({ name }) => name),
    types: types.map(({ uniqueIdentifier, name, restricted }) =>
      [uniqueIdentifier, name, restricted && 'restricted'].filter(Boolean).join(' '),
    ),
    centers: centers.map(({ name, portalRestricted, wcoRestricted }) =>
      [name, portalRestricted && 'portal', wcoRestricted && 'wco'].filter(Boolean).join(' '),
    ),
  };
}

const before = {
  organizations: ['Film School', 'Music'],
  types: ['CAMERA Cameras restricted', 'LENS Lenses restricted', 'CABLE Cables'],
  centers: ['Front Desk', 'Stage Desk portal wco'],
};

test('M4 registries are filled from files, which add and update and never remove', async () => {
  await using campus = await openCampus();
  const { send } = campus;
  expect(await registered(campus)).toEqual(before);
  expect((await send('organizations', ['name', 'Theatre', 'Music'])).counts).toMatchObject({
    created: 1,
    unchanged: 1,
  });
  const types = await send('resource-types', [
    'unique-identifier,name,restricted',
    'LENS,Optics,',
    'CABLE,Cables,TRUE',
    'camera,Other,false',
  ]);
  expect(types.counts).toMatchObject({ created: 1, updated: 2 });
  await send('checkout-centers', ['name,wco-restricted', 'Front Desk,TRUE', 'Stage Desk,']);
  expect(await registered(campus)).toEqual({
    organizations: ['Film School', 'Music', 'Theatre'],
    types: ['CAMERA Cameras restricted', 'LENS Optics restricted', 'CABLE Cables restricted', 'camera Other'],
    centers: ['Front Desk wco', 'Stage Desk portal wco'],
  });
});

test('M4 a row that is wrong fails, and an unknown column refuses the file', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  const run = await send('resource-types', [
    'unique-identifier,name,restricted',
    'MIC,Microphones,yes',
    ',Nameless,TRUE',
    'STAND,,TRUE',
  ]);
  expect(run.counts).toMatchObject({ created: 0, failed: 3 });
  expect(await reportOf(engine, run.id)).toEqual(['2 boolean-invalid yes', '3 cell-blank', '4 cell-blank']);
  const refused = await send('checkout-centers', ['name,restricted', 'Back Desk,TRUE']);
  expect(refused).toMatchObject({ state: 'failed', failure: { code: 'file-refused' } });
  expect(await registered(campus)).toEqual(before);
});
