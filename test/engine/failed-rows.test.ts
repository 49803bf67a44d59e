import { expect, test } from 'vitest';
import { failedRowsFile } from '../../src/sync/failed-rows.ts';
import { purgeTenant } from '../../src/jobs/purge.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const patrons = 'username\nanna\nben\n';
const dayMs = 24 * 60 * 60_000;

async function failedRowsOf(engine: TestEngine, runId: number): Promise<string> {
  const { text } = await failedRowsFile(engine.store.read, runId, engine.spillDir);
  return (await Array.fromAsync(text)).join('');
}

test('the failed rows come back under the header of their own file, in any order and delimiter', async () => {
  await using engine = await openEngine();
  await engine.importCsv(patrons, { kind: 'patrons' });
  const run = await engine.importCsv(
    'Contact;note;USERNAME;type\nben@x.org;1;ben;EMAIL\nanna@x.org;"two;three";nobody;FAX\nanna@x.org;;anna;FAX\n',
  );
  expect(run.counts.failed).toBe(2);
  // Row 3 failed for two reasons and stands once.
  expect(await failedRowsOf(engine, run.id)).toBe(
    'Contact,note,USERNAME,type\r\nanna@x.org,"two;three",nobody,FAX\r\nanna@x.org,,anna,FAX\r\n',
  );
});

test('cells that a spreadsheet would run are inert, and the file can be sent again as it is', async () => {
  await using engine = await openEngine();
  await engine.importCsv(patrons, { kind: 'patrons' });
  const run = await engine.importCsv('username,type,contact\n=cmd(),SOCIAL_MEDIA,+61 4\n-x,PHONE,@home\n');
  const file = await failedRowsOf(engine, run.id);
  expect(file).toBe("username,type,contact\r\n'=cmd(),SOCIAL_MEDIA,'+61 4\r\n'-x,PHONE,'@home\r\n");

  const again = await engine.importCsv(file.replace("'=cmd()", 'anna').replace("'-x", 'ben'));
  expect(again.counts).toMatchObject({ created: 2, failed: 0 });
  const anna = await engine.store.read.patrons.findByKey('username', 'anna');
  expect(await engine.store.read.contacts.listByPatron(anna!.id)).toMatchObject([{ contact: '+61 4' }]);
});

test('nothing failed: the header alone', async () => {
  await using engine = await openEngine();
  const run = await engine.importCsv('username,surname\nanna,Novak\n', { kind: 'patrons' });
  expect(await failedRowsOf(engine, run.id)).toBe('username,surname\r\n');
});

test('of a large file, spilled and in many pieces, only the failed rows', async () => {
  await using engine = await openEngine();
  const rows = Array.from({ length: 45_000 }, (_, index) =>
    index % 15_000 === 0 ? `u${index},${'y'.repeat(90)},GHOST` : `u${index},${'y'.repeat(90)},STUDENT`,
  );
  const run = await engine.importCsv(`username,surname,role\n${rows.join('\n')}\n`, {
    kind: 'patrons',
    dryRun: true,
  });
  expect(run.counts.failed).toBe(3);
  const lines = (await failedRowsOf(engine, run.id)).trimEnd().split('\r\n');
  expect(lines.map((line) => line.split(',')[0])).toEqual(['username', 'u0', 'u15000', 'u30000']);
});

test('what has no failed rows to give says why', async () => {
  await using engine = await openEngine();
  const store = engine.store.read;
  await expect(failedRowsFile(store, 99, engine.spillDir)).rejects.toMatchObject({ code: 'not-found' });

  const waiting = await engine.receive(patrons, { kind: 'patrons' });
  await expect(failedRowsFile(store, waiting, engine.spillDir)).rejects.toMatchObject({ code: 'conflict' });

  const refused = await engine.importCsv('name\nanna\n', { kind: 'patrons' });
  await expect(failedRowsFile(store, refused.id, engine.spillDir)).rejects.toMatchObject({
    code: 'conflict',
  });

  const done = await engine.perform(waiting);
  engine.clock.time += 15 * dayMs;
  await purgeTenant(engine.store, engine.clock.now());
  await expect(failedRowsFile(store, done.id, engine.spillDir)).rejects.toMatchObject({ code: 'gone' });
});
