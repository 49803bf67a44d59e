import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { SpoolFile } from './spool-file.ts';

const spoolDir = await mkdtemp(join(tmpdir(), 'muster-spool-'));
afterAll(() => rm(spoolDir, { recursive: true, force: true }));

test('an upload lies whole in the spool until it is disposed of', async () => {
  const upload = await new SpoolFile({ spoolDir }).take(Readable.from([Buffer.from('abc')]), 'a.csv');
  expect(upload).toMatchObject({
    sizeBytes: 3,
    fileName: 'a.csv',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
  expect(await readFile(upload.path, 'utf8')).toBe('abc');
  await upload[Symbol.asyncDispose]();
  expect(await readdir(spoolDir)).toEqual([]);
});

test('a filling that would go on for ever ends when the file is removed, and so does its source', async () => {
  const source = new PassThrough();
  const file = new SpoolFile({ spoolDir });
  const filling = file.take(source, 'a.csv');
  const ended = Promise.allSettled([filling]);
  source.write('half a file');
  await file.remove();
  expect(await ended).toMatchObject([{ status: 'rejected', reason: { name: 'AbortError' } }]);
  expect(source.destroyed).toBe(true);
  expect(await readdir(spoolDir)).toEqual([]);
});

test('a file removed before it was even opened does not come back', async () => {
  const files = Array.from({ length: 20 }, () => new SpoolFile({ spoolDir }));
  const fillings = files.map((file) => file.take(new PassThrough(), 'a.csv'));
  const ended = Promise.allSettled(fillings);
  await Promise.all(files.map((file) => file.remove()));
  await ended;
  expect(await readdir(spoolDir)).toEqual([]);
});

test('a file beyond the limit is refused, and a long name is cut', async () => {
  const file = new SpoolFile({ spoolDir, bytesMax: 3 });
  await expect(file.take(Readable.from([Buffer.from('abcd')]), 'a.csv')).rejects.toMatchObject({
    code: 'too-large',
  });
  await file.remove();
  await using upload = await new SpoolFile({ spoolDir, bytesMax: 3 }).take(
    Readable.from([Buffer.from('abc')]),
    'n'.repeat(10_000),
  );
  expect(upload.fileName).toHaveLength(255);
});
