import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;
beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  await using _ = await startProcess({ dataDir });
});
afterAll(() => folder[Symbol.asyncDispose]());

test('a new installation gets its registries at the command line, and changes them there', async () => {
  const run = (...args: string[]) => runMusterJson<{ items: unknown[] }>(dataDir, args);
  expect(await run('organization', 'add', 'Film')).toEqual({ name: 'Film' });
  expect(await run('organization', 'add', 'Musik')).toEqual({ name: 'Musik' });
  expect(await run('organization', 'set', 'Musik', '--id', 'Music')).toEqual({ name: 'Music' });
  expect(await run('resource-type', 'add', 'CAM', '--name', 'Cameras', '--restricted')).toEqual({
    uniqueIdentifier: 'CAM',
    name: 'Cameras',
    restricted: true,
  });
  expect(await run('checkout-center', 'add', 'Desk', '--portal-restricted')).toEqual({
    name: 'Desk',
    portalRestricted: true,
    wcoRestricted: false,
  });
  expect(await run('checkout-center', 'set', 'Desk', '--no-portal-restricted', '--wco-restricted')).toEqual({
    name: 'Desk',
    portalRestricted: false,
    wcoRestricted: true,
  });
  expect((await run('organization', 'list')).items).toEqual([{ name: 'Film' }, { name: 'Music' }]);
  const twice = await runMuster(dataDir, ['organization', 'add', 'Film']);
  expect(twice).toMatchObject({ code: 1, stdout: '' });
  expect(twice.stderr).toContain('There is another organization “Film” already.');
  const nothing = await runMuster(dataDir, ['organization', 'set', 'Film']);
  expect(nothing.stderr).toContain('Say what to change');
});

test('W17 a set is delegated at the command line', async () => {
  const csv = join(folder.path, 'authorization-set.csv');
  await writeFile(csv, 'name,unique-identifier,organization\nA set,SET-A,Maker Space\n');
  for (const name of ['Maker Space', 'Theatre']) await runMuster(dataDir, ['organization', 'add', name]);
  expect((await runMuster(dataDir, ['import', 'authorization-set', csv])).code).toBe(0);
  const delegated = await runMusterJson(dataDir, [
    'authorization-set',
    'delegate',
    'SET-A',
    '--to',
    'Theatre',
  ]);
  expect(delegated).toMatchObject({ uniqueIdentifier: 'SET-A', delegatedTo: ['Theatre'] });
  const none = await runMusterJson(dataDir, ['authorization-set', 'delegate', 'SET-A', '--none']);
  expect(none).toMatchObject({ delegatedTo: [] });
  const unclear = await runMuster(dataDir, ['authorization-set', 'delegate', 'SET-A']);
  expect(unclear.stderr).toContain('Say either --to ORGANIZATION or --none.');
});
