import { appendFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { receiveUpload, sha256Of, type ImportRequest } from '../../src/sync/receive.ts';
import { ScanAhead } from '../../src/sync/scan-ahead.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const names = Array.from({ length: 500 }, (_, index) => `p${index}`);
/** Large enough to be worth it, by a column that nobody reads. */
const remark = 'x'.repeat(10_000);
/** Large enough for some of it to be scanned before the rest arrives. */
const longRemark = 'x'.repeat(30_000);
const request: ImportRequest = {
  kind: 'contacts',
  mode: 'replaceDeclaredPatrons',
  options: {},
  dryRun: false,
  sender: 'script',
  channel: 'infiniti',
};

function fileOf(host: string, header = 'username,type,contact,remark', text = remark): Buffer {
  const rows = names.map((name) => `${name},EMAIL,${name}@${host},${text}`);
  return Buffer.from([header, ...rows, ''].join('\n'));
}

/** Stores a file and scans it meanwhile, as a thread for imports does. */
async function receiveAhead(engine: TestEngine, bytes: Buffer, scan = beginScan(engine, bytes)) {
  const path = await scan.path;
  const upload = { path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName: 'contacts.csv' };
  const runId = await receiveUpload(engine.store, upload, request, engine.clock.now());
  const ahead = await scan.ahead;
  return { runId, ahead: ahead!, taken: vi.spyOn(ahead!, 'take') };
}

function beginScan(engine: TestEngine, bytes: Buffer) {
  const path = join(engine.spillDir, 'upload');
  const written = writeFile(path, bytes).then(() => path);
  const ahead = written.then(() =>
    ScanAhead.begin(engine.store.read, { path, sizeBytes: bytes.length, request }, engine.spillDir),
  );
  return { path: written, ahead };
}

async function withPatrons(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv(`username\n${names.join('\n')}\n`, { kind: 'patrons' });
  return engine;
}

test('S5 a file that was scanned while it was stored comes to the same, and is remembered by the same', async () => {
  await using engine = await withPatrons();
  const bytes = fileOf('one.example');
  const first = await receiveAhead(engine, bytes);
  const run = await engine.perform(first.runId, { scanned: first.ahead });
  expect(await first.taken.mock.results[0]!.value).toBeDefined();
  expect(run).toMatchObject({ state: 'applied', counts: { created: names.length, failed: 0 } });

  const again = await receiveAhead(engine, bytes);
  const second = await engine.perform(again.runId, { scanned: again.ahead });
  expect(await again.taken.mock.results[0]!.value).toBeDefined();
  expect(second).toMatchObject({ state: 'applied', counts: { unchanged: names.length, created: 0 } });

  const third = await engine.perform(await engine.receiveBytes(bytes, 'contacts.csv', request));
  expect(third.counts).toEqual(second.counts);
});

test('S5 a scan whose fingerprints can be compared with nothing that is stored now is left', async () => {
  await using engine = await withPatrons();
  const bytes = fileOf('two.example');
  const early = await receiveAhead(engine, bytes);
  // Begins what is remembered of contacts, under a seed of its own.
  await engine.importCsv(`username,type,contact\n${names[0]},EMAIL,first@one.example\n`);
  const run = await engine.perform(early.runId, { scanned: early.ahead });
  expect(await early.taken.mock.results[0]!.value).toBeUndefined();
  expect(run).toMatchObject({ state: 'applied', counts: { created: names.length, removed: 1 } });
});

test('S6 a file that is refused is refused by its run, in the same words', async () => {
  await using engine = await withPatrons();
  const bytes = fileOf('three.example', 'username,type,contact,contact');
  const { runId, ahead } = await receiveAhead(engine, bytes);
  const run = await engine.perform(runId, { scanned: ahead });
  const plain = await engine.perform(await engine.receiveBytes(bytes, 'contacts.csv', request));
  expect(run.state).toBe('failed');
  expect(run.failure).toEqual(plain.failure);
});

test('a scan that is given up, before or after its end, lets go of the file', async () => {
  await using engine = await withPatrons();
  // Not UTF-8, so that what is scanned is copied as well.
  const bytes = Buffer.concat([fileOf('four.example'), Buffer.from('p1,EMAIL,\xe9@x.example,\n', 'latin1')]);
  const before = await openFiles(engine);
  const early = (await beginScan(engine, bytes).ahead)!;
  early[Symbol.dispose]();
  expect(await early.take(undefined)).toBeUndefined();
  expect(await openFiles(engine)).toEqual(before);

  const late = (await beginScan(engine, bytes).ahead)!;
  // Waits for its end and leaves it: nothing is stored under that seed.
  expect(await late.take(Buffer.alloc(16))).toBeUndefined();
  expect(await openFiles(engine)).not.toEqual(before);
  late[Symbol.dispose]();
  expect(await late.take(undefined)).toBeUndefined();
  expect(await openFiles(engine)).toEqual(before);
});

const longFile = (host: string) => fileOf(host, undefined, longRemark);

/** Begins to scan a file of which only the first half is there. */
async function beginArriving(engine: TestEngine, bytes: Buffer) {
  const path = join(engine.spillDir, 'arriving');
  const half = Math.floor(bytes.length / 2);
  await writeFile(path, bytes.subarray(0, half));
  const upload = { path, sizeBytes: bytes.length + 200, request };
  const ahead = ScanAhead.beginArriving(engine.store.read, upload, engine.spillDir)!;
  const arrive = async () => {
    await appendFile(path, bytes.subarray(half));
    return ahead.arrived(bytes.length);
  };
  return { path, ahead, arrive };
}

/** Sends a file of which the scan was begun while it arrived. */
async function importArriving(engine: TestEngine, bytes: Buffer) {
  const { path, ahead, arrive } = await beginArriving(engine, bytes);
  await arrive();
  const upload = { path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName: 'contacts.csv' };
  const runId = await receiveUpload(engine.store, upload, request, engine.clock.now());
  const taken = vi.spyOn(ahead, 'take');
  const run = await engine.perform(runId, { scanned: ahead });
  ahead[Symbol.dispose]();
  return { run, wasTaken: (await taken.mock.results[0]!.value) !== undefined };
}

test.each(['', '\uFEFF'])(
  'S5 S6 a file that was scanned while it arrived comes to the same, and is remembered by the same, mark %j',
  async (mark) => {
    await using engine = await withPatrons();
    const bytes = Buffer.concat([Buffer.from(mark), longFile('zürich.example')]);
    const first = await importArriving(engine, bytes);
    expect(first.wasTaken).toBe(true);
    expect(first.run).toMatchObject({ state: 'applied', counts: { created: names.length, failed: 0 } });
    const again = await importArriving(engine, bytes);
    expect(again.wasTaken).toBe(true);
    expect(again.run.counts).toMatchObject({ unchanged: names.length, created: 0 });
    const plain = await engine.perform(await engine.receiveBytes(bytes, 'contacts.csv', request));
    expect(plain.counts).toEqual(again.run.counts);
  },
);

test.each([
  [
    'one letter near its end',
    (csv: Buffer) => Buffer.concat([csv, Buffer.from('p1,PHONE,\xe9,\n', 'latin1')]),
  ],
  ['the cut of a letter', (csv: Buffer) => Buffer.concat([csv, Buffer.from('p1,PHONE,é').subarray(0, -1)])],
  ['its mark', (csv: Buffer) => Buffer.from(`\uFEFF${csv.toString()}`, 'utf16le')],
])('S6 a file whose encoding is decided by %s is scanned anew once it is whole', async (_by, change) => {
  await using engine = await withPatrons();
  const bytes = change(longFile('zürich.example'));
  const { run, wasTaken } = await importArriving(engine, bytes);
  expect(wasTaken).toBe(false);
  const plain = await engine.perform(
    await engine.receiveBytes(bytes, 'contacts.csv', { ...request, dryRun: true }),
  );
  expect(run.notes).toEqual(plain.notes);
  expect(run.state).toBe('applied');
});

test('a scan of what arrives ends, and lets go of the file, once it is given up or the upload is', async () => {
  await using engine = await withPatrons();
  const bytes = longFile('five.example');
  const before = await openFiles(engine);
  const given = await beginArriving(engine, bytes);
  given.ahead[Symbol.dispose]();
  expect(await given.ahead.take(undefined)).toBeUndefined();
  expect(await openFiles(engine)).toEqual(before);

  const removed = await beginArriving(engine, bytes);
  await rm(removed.path);
  expect(await removed.ahead.take(undefined)).toBeUndefined();
  expect(await openFiles(engine)).toEqual(before);
  expect(removed.ahead.arrived(bytes.length)).toBe(false);
});

test('of an upload that turns out shorter than was said only what came is scanned', async () => {
  await using engine = await withPatrons();
  const csv = longFile('six.example');
  // As where a form has more than one file: the length of the body says little about the first.
  const { path, ahead } = await beginArriving(engine, Buffer.concat([csv, csv]));
  expect(ahead.arrived(csv.length)).toBe(true);
  const upload = { path, sizeBytes: csv.length, sha256: sha256Of(csv), fileName: 'contacts.csv' };
  const runId = await receiveUpload(engine.store, upload, request, engine.clock.now());
  const run = await engine.perform(runId, { scanned: ahead });
  expect(run).toMatchObject({ state: 'applied', rowCount: names.length, counts: { created: names.length } });
});

/** What this process has open there but for the files of the database. */
async function openFiles({ spillDir }: TestEngine): Promise<string[]> {
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return targets
    .filter((target) => target.startsWith(spillDir) && !/\.db(-wal|-shm)?$/.test(target))
    .toSorted();
}
