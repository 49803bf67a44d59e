import { describe, expect, test } from 'vitest';
import { viewPlan } from '../../src/directory/view-plan.ts';
import { viewRun } from '../../src/directory/view-run.ts';
import { noteMessage } from '../../src/domain/row-notes.ts';
import type { Run } from '../../src/ports/runs.ts';
import { failedRowsFile } from '../../src/sync/failed-rows.ts';
import { openCampus, stateOf, ways, type Campus } from '../support/webcheckout.ts';
import type { CsvImport, EngineTuning } from '../support/engine.ts';
import { zipOf, type ZipEntry } from '../support/zip.ts';

const csv = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const group = csv(['unique-identifier,name,organization', 'FILM,Film 101,Film School']);
const section = csv([
  'unique-identifier,name,group-unique-identifier',
  'FILM-A,Autumn,FILM',
  'FILM-B,Spring,FILM',
]);
const members = csv([
  'section-unique-identifier,member-unique-identifier',
  'FILM-A,A1',
  'FILM-A,A2',
  'FILM-B,A3',
]);
const set = csv([
  'name,unique-identifier,organization,group-unique-identifier,resource-types,authset',
  'Cameras,CAM,Film School,FILM,CAMERA,LENSES',
  'Lenses,LENSES,Film School,,LENS,',
]);
const whole = {
  'authorization-set.csv': set,
  'section-members.csv': members,
  'section.csv': section,
  'group.csv': group,
};

async function deliver(
  { engine }: Campus,
  files: Readonly<Record<string, string>>,
  request: CsvImport = {},
  tuning: EngineTuning = {},
): Promise<Run> {
  return engine.perform(await engine.receiveFiles(files, { channel: 'cli', ...request }), tuning);
}

async function deliverZip({ engine }: Campus, entries: readonly ZipEntry[], tuning: EngineTuning = {}) {
  const request = { kind: 'webcheckout', channel: 'cli' } as const;
  return engine.perform(await engine.receiveBytes(zipOf(entries), 'nightly.zip', request), tuning);
}

const refusal = (run: Run) => (run.state === 'failed' ? run.failure?.detail : run.state);

describe.each(ways)('with the plan %s', (_, tuning) => {
  test('W8 W19 files delivered together are one run, in their order, each seeing what those before it make', async () => {
    await using campus = await openCampus();
    const { read } = campus.engine.store;
    const run = await deliver(campus, whole, {}, tuning);
    expect(run).toMatchObject({ state: 'applied', kind: 'webcheckout' });
    expect(run.notes.map(({ file, code, value }) => [file, code, value])).toEqual([
      ['section.csv', 'refers-to-new', '1 group'],
      ['section-members.csv', 'refers-to-new', '2 sections'],
      ['authorization-set.csv', 'refers-to-new', '1 group'],
    ]);
    expect(
      run.files.map(({ name, kind, counts, rowCount }) => [name, kind, counts.created, rowCount]),
    ).toEqual([
      ['group.csv', 'group', 1, 1],
      ['section.csv', 'section', 2, 2],
      ['section-members.csv', 'section-members', 3, 3],
      ['authorization-set.csv', 'authorization-set', 2, 2],
    ]);
    expect(run.counts).toMatchObject({ created: 8, updated: 0, failed: 0 });
    expect(await stateOf(read)).toMatchObject({
      groups: { FILM: { primarySet: 'CAM' } },
      sections: { 'FILM-A': { group: 'FILM' }, 'FILM-B': { group: 'FILM' } },
      members: { 'FILM-A': { A1: {}, A2: {} }, 'FILM-B': { A3: {} } },
      authorizationSets: { CAM: { resourceTypes: ['CAMERA'], sets: ['LENSES'] } },
    });
    expect((await viewRun(read, run)).files).toEqual(run.files);

    // The same again changes nothing, and says so of every row.
    const again = await deliver(campus, whole, {}, tuning);
    expect(again.counts).toMatchObject({ created: 0, updated: 0, unchanged: 8 });
    expect(again.files.map(({ counts }) => counts.unchanged)).toEqual([1, 2, 3, 2]);
  });

  test('S9 a dry run of a delivery says what the same then does, and changes nothing', async () => {
    await using campus = await openCampus();
    const { read } = campus.engine.store;
    const before = await stateOf(read);
    const dry = await deliver(campus, whole, { dryRun: true }, tuning);
    expect(await stateOf(read)).toEqual(before);
    const run = await deliver(campus, whole, {}, tuning);
    expect(dry.files).toEqual(run.files);
    expect(dry.consequences).toEqual(run.consequences);
    expect(run.consequences).toMatchObject({
      records: {
        group: { created: 1, updated: 0 },
        section: { created: 2 },
        'authorization-set': { created: 2 },
      },
      members: { sections: 2, gained: 3 },
    });
    const page = { page: 1, pageSize: 50 };
    const [planned, done] = [await viewPlan(read, dry, page), await viewPlan(read, run, page)];
    const said = (plan: typeof planned) =>
      plan.items.map(({ subject }) => `${subject.entity} ${subject.label}`);
    expect(said(planned)).toEqual(said(done));
    const sectionOf = (plan: typeof planned) =>
      plan.items.find(({ subject }) => subject.label === 'FILM-A' && subject.entity === 'section')!;
    // What it refers to is named in both, also where it was yet to be made.
    expect(sectionOf(planned).records[0]!.changes).toContainEqual({
      field: 'group',
      before: null,
      after: 'FILM',
    });
    expect(sectionOf(done).records).toEqual(sectionOf(planned).records);
  });

  test('S9 a file that is refused refuses the whole delivery, and says which', async () => {
    await using campus = await openCampus();
    const before = await stateOf(campus.engine.store.read);
    const run = await deliver(
      campus,
      { ...whole, 'section.csv': 'unique-identifier,title\nX,Y\n' },
      {},
      tuning,
    );
    expect(refusal(run)).toMatch(/^section\.csv: The header lacks the column “name”/);
    expect(await stateOf(campus.engine.store.read)).toEqual(before);
  });

  test('W22 rows tell their file, and failed rows come file by file', async () => {
    await using campus = await openCampus();
    const { engine } = campus;
    const { read } = engine.store;
    const run = await deliver(
      campus,
      {
        ...whole,
        'section.csv': `${section}BIO-A,Biology,BIO\n`,
        'section-members.csv': `${members}FILM-A,A9\n`,
      },
      {},
      tuning,
    );
    expect(run.files.map(({ counts }) => counts.failed)).toEqual([0, 1, 1, 0]);
    const { items } = await read.runRows.list(run.id, { outcome: 'failed', page: 1, pageSize: 9 });
    expect(items.map(({ file, row, note }) => [run.files[file]!.name, row, note?.code])).toEqual([
      ['section.csv', 4, 'group-unknown'],
      ['section-members.csv', 5, 'member-unknown'],
    ]);
    const file = async (name?: string) => {
      const { fileName, text } = await failedRowsFile(read, run.id, engine.spillDir, name);
      return [fileName, (await Array.fromAsync(text)).join('')];
    };
    expect(await file('section.csv')).toEqual([
      `failed-rows-of-run-${run.id}-section.csv`,
      'unique-identifier,name,group-unique-identifier\r\nBIO-A,Biology,BIO\r\n',
    ]);
    expect((await file('section-members.csv'))[1]).toContain('FILM-A,A9');
    await expect(file()).rejects.toMatchObject({ code: 'bad-request', facts: { files: expect.any(Array) } });
    await expect(file('group2.csv')).rejects.toMatchObject({ code: 'not-found' });
    // Where the rows of one file alone failed, it need not be named.
    const one = await deliver(campus, {
      'group.csv': `${group}BIO,Biology,Nowhere\n`,
      'section.csv': section,
    });
    const only = await failedRowsFile(read, one.id, engine.spillDir);
    expect((await Array.fromAsync(only.text)).join('')).toContain('BIO,Biology,Nowhere');
  });
});

describe('what a delivery may be', () => {
  test('W19 one ZIP, in whatever folder and case, is the same as its files', async () => {
    await using campus = await openCampus();
    const entries = [
      { name: 'export/' },
      { name: 'export/Section.CSV', body: section, stored: true },
      { name: 'GROUP.csv', body: group, zip64: true },
    ];
    const run = await deliverZip(campus, entries);
    expect(run.files.map(({ name, counts }) => [name, counts.created])).toEqual([
      ['GROUP.csv', 1],
      ['export/Section.CSV', 2],
    ]);
  });

  test('W19 what operating systems leave behind is passed over and named', async () => {
    await using campus = await openCampus();
    const junk = ['__MACOSX/._group.csv', '.DS_Store', 'a/.hidden/group.csv'];
    const run = await deliverZip(campus, [
      ...junk.map((name) => ({ name, body: 'x' })),
      { name: 'group.csv', body: group },
    ]);
    expect(run).toMatchObject({ state: 'applied', counts: { created: 1 } });
    expect(run.notes.map(noteMessage)).toEqual([
      'Left behind by an operating system and passed over: __MACOSX/._group.csv, .DS_Store, a/.hidden/group.csv.',
    ]);
  });

  const bad: readonly (readonly [string, readonly ZipEntry[], RegExp])[] = [
    [
      'another file',
      [{ name: 'group.csv', body: group }, { name: 'notes.txt' }],
      /^“notes\.txt” is not a file of this delivery/,
    ],
    ['a misspelt name', [{ name: 'groups.csv', body: group }], /^“groups\.csv” is not a file/],
    [
      'a file twice',
      [
        { name: 'group.csv', body: group },
        { name: 'old/Group.csv', body: group },
      ],
      /^The file group\.csv is in the delivery twice: as “group\.csv” and as “old\/Group\.csv”/,
    ],
    ['none of the files', [{ name: '.DS_Store' }], /^The delivery has none of the files group\.csv, /],
    [
      'a path that leads out',
      [{ name: '../group.csv', body: group }],
      /cannot be read as a ZIP \(invalid relative path/,
    ],
    [
      'an absolute path',
      [{ name: '/etc/group.csv', body: group }],
      /cannot be read as a ZIP \(absolute path/,
    ],
    [
      'an encrypted file',
      [{ name: 'group.csv', body: group, encrypted: true }],
      /^“group\.csv” is encrypted/,
    ],
    ['an uncommon method', [{ name: 'group.csv', body: group, method: 14 }], /not read here \(method 14\)/],
    [
      'a wrong checksum',
      [{ name: 'group.csv', body: group, claimedChecksum: 1 }],
      /damaged in the ZIP: its checksum/,
    ],
    ['more bytes than it claims', [{ name: 'group.csv', body: group, claimedBytes: 3 }], /too many bytes/],
  ];
  test.each(bad)('W19 %s refuses the delivery', async (_what, entries, message) => {
    await using campus = await openCampus();
    const before = await stateOf(campus.engine.store.read);
    expect(refusal(await deliverZip(campus, entries))).toMatch(message);
    expect(await stateOf(campus.engine.store.read)).toEqual(before);
  });

  test('W19 a bomb is given up by what comes out of it, whatever it claims', async () => {
    await using campus = await openCampus();
    const bomb = { name: 'group.csv', body: Buffer.alloc(3_000_000, 'a') };
    const limit = { unpackedBytesMax: 1_000_000 };
    expect(refusal(await deliverZip(campus, [bomb], limit))).toMatch(/unpacks to more than the 977 KiB/);
    // Several files count together.
    const half = csv(['unique-identifier,name,organization', `FILM,${'x'.repeat(60_000)},Film School`]);
    const two = [
      { name: 'group.csv', body: half },
      { name: 'section.csv', body: half },
    ];
    expect(refusal(await deliverZip(campus, two, { unpackedBytesMax: 100_000 }))).toMatch(
      /“section\.csv” unpacks/,
    );
  });

  test('W19 a ZIP that was cut off, or is none, changes nothing', async () => {
    await using campus = await openCampus();
    const { engine } = campus;
    const bytes = zipOf([{ name: 'group.csv', body: group }]);
    for (const part of [
      bytes.subarray(0, bytes.length - 30),
      bytes.subarray(10),
      Buffer.from(group),
      Buffer.alloc(0),
    ]) {
      const request = { kind: 'webcheckout', channel: 'cli' } as const;
      const run = await engine.perform(await engine.receiveBytes(part, 'nightly.zip', request));
      expect(refusal(run)).toMatch(/cannot be read as a ZIP|in the delivery|none of the files/);
    }
  });

  test('S10 the same files in another order, sent while they wait, join the run in flight', async () => {
    await using campus = await openCampus();
    const { engine } = campus;
    const first = await engine.receiveFiles(whole, { channel: 'cli' });
    const turned = Object.fromEntries(Object.entries(whole).reverse());
    expect(await engine.receiveFiles(turned, { channel: 'cli' })).toBe(first);
  });
});
