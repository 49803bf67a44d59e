import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { zipOf } from '../../support/zip.ts';
import { groups, postFiles, sections } from './support.ts';

/** Nothing of a refused delivery stays behind. */
async function spoolOf(server: TestServer): Promise<string[]> {
  return readdir(server.context.spoolDir);
}

test('several files may together weigh no more than one', async () => {
  const fits = groups.length + 10;
  await using server = await startServer({ uploadLimits: { bytesMax: fits } });
  const { status, body } = await postFiles(server, {
    'group.csv': groups,
    'section.csv': sections.slice(0, 20),
  });
  expect([status, body.code]).toEqual([413, 'too-large']);
  expect(body.detail).toMatch(/^The files together are larger than/);
  expect(await spoolOf(server)).toEqual([]);
});

test('a form with very many files, or a ZIP beside other files, is refused before anything is stored', async () => {
  await using server = await startServer();
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`group-${index}.csv`, groups]));
  const tooMany = await postFiles(server, many);
  expect([tooMany.status, tooMany.body.detail]).toEqual([400, 'The form has more than 20 files.']);
  const zip = zipOf([{ name: 'group.csv', body: groups }]).toString('latin1');
  const beside = await postFiles(server, { 'nightly.zip': zip, 'section.csv': sections });
  expect([beside.status, beside.body.detail]).toEqual([
    400,
    expect.stringContaining('is a ZIP and stands beside'),
  ]);
  expect(await spoolOf(server)).toEqual([]);
  expect((await server.store.read.runs.list({ page: 1, pageSize: 5 })).items).toEqual([]);
});
