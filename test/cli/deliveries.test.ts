import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunView } from '../../src/directory/view-run.ts';
import { startProcess } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';
import { zipOf } from '../support/zip.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;

const files = {
  'organizations.csv': 'name\nFilm School\n',
  'patrons.csv': 'username,externalid\nanna,A1\nben,A2\n',
  'group.csv': 'unique-identifier,name,organization\nFILM,Film,Film School\n',
  'section.csv': 'unique-identifier,name,group-unique-identifier\nFILM-A,Autumn,FILM\nBIO-A,Biology,BIO\n',
  'section-members.csv': 'section-unique-identifier,member-unique-identifier\nFILM-A,A1\nFILM-A,A9\n',
};
const at = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = at('data');
  {
    await using _ = await startProcess({ dataDir });
  }
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  await writeFile(at('group.zip'), zipOf([{ name: 'group.csv', body: files['group.csv'] }]));
  for (const kind of ['organizations', 'patrons']) {
    expect((await runMuster(dataDir, ['import', kind, at(`${kind}.csv`)])).code).toBe(0);
  }
});
afterAll(() => folder[Symbol.asyncDispose]());

test('W19 several files are one run at the command line, whatever order they are named in', async () => {
  const names = ['section-members.csv', 'section.csv', 'group.csv'];
  const { code, stdout } = await runMuster(dataDir, ['import', 'webcheckout', ...names.map(at)]);
  // Some rows failed, and each tells its file.
  expect(code).toBe(4);
  expect(stdout).toContain('group.csv, 1 group: 1 created');
  expect(stdout).toContain('section-members.csv, Members of 1 section: 1 created');
  expect(stdout).toMatch(/section\.csv, row 3: There is no group “BIO”/);
  expect(stdout).toMatch(/section-members\.csv, row 3: No patron has the Person-ID “A9”/);

  const { items } = await runMusterJson<{ items: RunView[] }>(dataDir, ['runs']);
  const run = items[0]!;
  expect([run.kind, run.files.map(({ name }) => basename(name))]).toEqual([
    'webcheckout',
    ['group.csv', 'section.csv', 'section-members.csv'],
  ]);
  const unclear = await runMuster(dataDir, ['runs', String(run.id), '--failed-rows']);
  expect([unclear.code, unclear.stderr]).toEqual([
    2,
    expect.stringContaining('Name the one you want: section.csv,'),
  ]);
  const failed = await runMuster(dataDir, ['runs', String(run.id), '--failed-rows', '--file', 'section.csv']);
  expect(failed.stdout.split('\n').map((line) => line.trim())).toEqual([
    'unique-identifier,name,group-unique-identifier',
    'BIO-A,Biology,BIO',
    '',
  ]);
});

test('W19 a ZIP is taken by itself, and neither beside others nor for another kind', async () => {
  expect((await runMuster(dataDir, ['import', 'webcheckout', at('group.zip')])).code).toBe(0);
  const beside = await runMuster(dataDir, ['import', 'webcheckout', at('group.zip'), at('section.csv')]);
  expect([beside.code, beside.stderr]).toEqual([2, expect.stringContaining('is a ZIP and stands beside')]);
  const two = await runMuster(dataDir, ['import', 'group', at('group.csv'), at('section.csv')]);
  expect([two.code, two.stderr]).toEqual([2, expect.stringContaining('takes one file, not 2')]);
});
