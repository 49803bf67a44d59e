import { describe, expect, test } from 'vitest';
import { failedRowsFile } from '../../src/sync/failed-rows.ts';
import { addAccount, openCampus, reportOf, stateOf, ways } from '../support/webcheckout.ts';

const header =
  'unique-identifier,name,organization,description,note,status,start-date,end-date,contact-unique-identifier,role,telephone,email,url,contact-note';
const short = 'unique-identifier,name,organization,status,start-date,end-date';
const sectionHeader = 'unique-identifier,name,group-unique-identifier,status,start-date,end-date';

describe.each(ways)('with the plan %s', (_, tuning) => {
  test('W6 every column of a group is stored, a blank cell clears, a missing column leaves alone', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    const groups = async () => (await stateOf(engine.store.read)).groups['FILM'];
    const full =
      'FILM,Film 101,Film School,Introduction,Ask first,ACTIVE,1/5/2026,12/31/2026,a1,Dean,555,d@x.example,https://x.example,Room 1';
    const made = await send('group', [header, full]);
    expect(made.counts).toMatchObject({ created: 1, failed: 0 });
    const stored = {
      name: 'Film 101',
      status: 'ACTIVE',
      startDate: '2026-01-05',
      endDate: '2026-12-31',
      organization: 'Film School',
      contactPerson: 'A1',
      description: 'Introduction',
      note: 'Ask first',
      contactRole: 'Dean',
      telephone: '555',
      email: 'd@x.example',
      url: 'https://x.example',
      contactNote: 'Room 1',
    };
    expect(await groups()).toEqual(stored);
    expect((await send('group', [header, full])).counts).toMatchObject({ unchanged: 1, updated: 0 });
    await send('group', ['unique-identifier,name,organization', 'FILM,Film 102,Film School']);
    expect(await groups()).toEqual({ ...stored, name: 'Film 102' });
    await send('group', [header, 'FILM,Film 102,Film School,,,,,,,,,,,']);
    expect(await groups()).toEqual({ name: 'Film 102', status: 'ACTIVE', organization: 'Film School' });
  });

  test('W4, W5 statuses and dates of a file, each with its verdict', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    const run = await send('group', [
      short,
      'G1,One,Film School,INACTIVE,,3/2/2026',
      'G2,Two,Film School,INACTIVE,,3/3/2026',
      'G3,Three,Film School,INACTIVE,,',
      'G4,Four,Film School,ACTIVE,,1/1/2020',
      'G5,Five,Film School,,9/1/2026,8/31/2026',
      'G6,Six,Film School,,3/3/2026,',
      'G7,Seven,Film School,UPCOMING,,',
      'G8,Eight,Film School,,1/5/2026,',
      ...['02/30/2026', '2026-03-01', '13/01/2026', '1/5/26'].map(
        (date, n) => `B${n},Bad,Film School,,${date},`,
      ),
    ]);
    const { groups } = await stateOf(engine.store.read);
    expect(Object.entries(groups).map(([name, { status }]) => `${name} ${String(status)}`)).toEqual([
      'G1 INACTIVE',
      'G4 INACTIVE',
      'G5 INACTIVE',
      'G6 UPCOMING',
      'G8 ACTIVE',
    ]);
    expect(await reportOf(engine, run.id)).toEqual([
      '3 inactive-without-past-end 2026-03-03',
      '4 inactive-without-past-end',
      '5 active-but-ended 2020-01-01',
      '6 end-not-after-start 2026-08-31',
      '8 status-invalid UPCOMING',
      '10 date-invalid 02/30/2026',
      '11 date-invalid 2026-03-01',
      '12 date-invalid 13/01/2026',
      '13 date-invalid 1/5/26',
    ]);
    expect(run.counts).toMatchObject({ created: 5, failed: 7 });
  });

  test('W4 INACTIVE with a past end date is counted, and ACTIVE with a new one brings it back', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await send('group', [short, 'G1,One,Film School,,,']);
    const ended = await send('group', [short, 'G1,One,Film School,INACTIVE,,1/31/2026']);
    expect(ended.counts).toMatchObject({ inactivated: 1, updated: 0 });
    // The flag stays while the status is blank, whatever the dates say.
    await send('group', [short, 'G1,One,Film School,,,12/31/2026']);
    expect((await stateOf(engine.store.read)).groups['G1']).toMatchObject({ status: 'INACTIVE' });
    await send('group', [short, 'G1,One,Film School,ACTIVE,,12/31/2026']);
    expect((await stateOf(engine.store.read)).groups['G1']).toMatchObject({ status: 'ACTIVE' });
    const stored = await engine.store.read.records.group.findByIdentifier('G1');
    expect(stored).toMatchObject({ status: 'ACTIVE', inactiveSince: null });
  });

  test('W7, W10 the later row of one identifier wins; what a file leaves out is untouched', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await send('group', [short, 'G1,One,Film School,,,', 'g1,Other case,Film School,,,']);
    const run = await send('group', [
      short,
      'G2,First,Film School,,,',
      'G3,Three,Film School,,,',
      'G2,Second,Music,,,',
      'G2,Third,Nowhere,,,',
    ]);
    expect(run.counts).toMatchObject({ created: 2, failed: 1 });
    expect(await reportOf(engine, run.id)).toEqual([
      '2 identifier-repeated G2 4',
      '4 identifier-repeated G2 2',
      '5 organization-unknown Nowhere',
    ]);
    const { groups } = await stateOf(engine.store.read);
    expect(Object.entries(groups).map(([name, group]) => [name, group['name']])).toEqual([
      ['G1', 'One'],
      ['g1', 'Other case'],
      ['G2', 'Second'],
      ['G3', 'Three'],
    ]);
  });

  test('W8, W10, W13 sections need their group and an active contact person, and may move', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await send('group', [short, 'G1,One,Film School,,,', 'G2,Two,Music,,,']);
    const head = `${sectionHeader},contact-unique-identifier`;
    const run = await send('section', [
      head,
      'S1,A,G1,,,,A1',
      'S2,B,G1,,,,A6',
      'S3,C,G1,,,,nobody',
      'S4,D,g1,,,,',
      'S5,E,,,,,',
    ]);
    expect(await reportOf(engine, run.id)).toEqual([
      '3 contact-person-inactive A6',
      '4 contact-person-unknown nobody',
      '5 group-unknown g1',
      '6 cell-blank',
    ]);
    expect((await send('section', [sectionHeader, 'S1,A,G2,,,'])).counts).toMatchObject({ updated: 1 });
    expect((await stateOf(engine.store.read)).sections).toEqual({
      S1: { name: 'A', status: 'ACTIVE', group: 'G2', contactPerson: 'A1' },
    });
  });
});

test.each([
  ['group', `${short},enddate`, 'G1,One,Film School,,,,'],
  ['group', 'unique-identifier,name,organization,End Date', 'G1,One,Film School,1/1/2020'],
  ['section-members', 'section-unique-identifier,member-unique-identifier,start-date,until', 'S,A1,,'],
  ['authorization-set', 'name,unique-identifier,organization,notes', 'A,B,Film School,'],
] as const)('W7 a header of %s that is not known refuses the file (%s)', async (kind, head, line) => {
  await using campus = await openCampus();
  const run = await campus.send(kind, [head, line]);
  expect(run).toMatchObject({ state: 'failed', failure: { code: 'file-refused' } });
  expect(run.failure!.detail).toContain('not known here');
  expect(await campus.engine.store.read.records.group.count()).toBe(0);
});

test('W7 a renamed end-date is refused with what was meant, and blank headers at the end are none', async () => {
  await using campus = await openCampus();
  const { failure } = await campus.send('group', [
    'unique-identifier,name,organization,end_date',
    'G1,One,Film School,1/1/2020',
  ]);
  expect(failure!.detail).toContain('“end_date”');
  expect(failure!.detail).toContain('Did you mean “end-date”?');
  const run = await campus.send('group', ['Unique-Identifier,NAME,organization,,', 'G1,One,Film School,,']);
  expect(run.counts).toMatchObject({ created: 1, failed: 0 });
});

describe('operators', () => {
  test('W18 rows outside the organizations of the sender fail, the others go on', async () => {
    await using campus = await openCampus();
    const { engine, send } = campus;
    await addAccount(engine, 'kim', ['manage-group-authorizations'], ['Film School']);
    await send('group', [short, 'G2,Two,Music,,,', 'G3,Three,Music,,,']);
    const byKim = { channel: 'api', sender: 'kim' } as const;
    const run = await send(
      'group',
      [short, 'G1,One,Film School,,,', 'G2,Two,Film School,,,', 'G3,Renamed,Music,,,'],
      byKim,
    );
    expect(run.counts).toMatchObject({ created: 1, updated: 0, failed: 2 });
    expect(await reportOf(engine, run.id)).toEqual([
      '3 not-permitted Music kim',
      '4 not-permitted Music kim',
    ]);
    const sections = [sectionHeader, 'S1,A,G1,,,', 'S2,B,G2,,,'];
    expect((await send('section', sections, byKim)).counts).toMatchObject({ created: 1, failed: 1 });
  });

  test('W18 a sender without the capability, or that is gone, may nothing', async () => {
    await using campus = await openCampus();
    const { engine, send } = campus;
    await addAccount(engine, 'view', ['view'], ['Film School']);
    for (const sender of ['view', 'gone']) {
      const run = await send('group', [short, 'G1,One,Film School,,,'], { channel: 'api', sender });
      expect(run.counts).toMatchObject({ created: 0, failed: 1 });
    }
  });

  test('W18 an administrator may act everywhere', async () => {
    await using campus = await openCampus();
    await addAccount(campus.engine, 'root', ['administer'], []);
    const run = await campus.send('group', [short, 'G1,One,Film School,,,', 'G2,Two,Music,,,'], {
      channel: 'api',
      sender: 'root',
    });
    expect(run.counts).toMatchObject({ created: 2, failed: 0 });
  });
});

test('W17 a group whose primary set is not delegated there cannot move to another organization', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('group', [short, 'G1,One,Film School,,,']);
  await send('authorization-set', [
    'name,unique-identifier,organization,group-unique-identifier',
    'Cameras,CAM,Film School,G1',
  ]);
  const run = await send('group', [short, 'G1,One,Music,,,']);
  expect(await reportOf(engine, run.id)).toEqual(['2 set-not-delegated CAM Music']);
  await engine.store.transact(async (tx) => {
    const set = (await tx.records['authorization-set'].findByIdentifier('CAM'))!;
    const music = (await tx.records.organization.findByIdentifier('Music'))!;
    await tx.records['authorization-set'].update([{ ...set, delegatedTo: [music.id] }], engine.clock.now());
  });
  expect((await send('group', [short, 'G1,One,Music,,,'])).counts).toMatchObject({ updated: 1, failed: 0 });
});

test('W22 the failed rows of a file can be corrected and sent again', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  const run = await send('group', [short, 'G1,One,Film School,,,', 'G2,Two,Film Scholl,,3/1/2026,']);
  expect(run.counts).toMatchObject({ created: 1, failed: 1 });
  const { text } = await failedRowsFile(engine.store.read, run.id, engine.spillDir);
  const failed = (await Array.fromAsync(text)).join('');
  expect(failed).toBe(`${short}\r\nG2,Two,Film Scholl,,3/1/2026,\r\n`);
  const mended = failed.replace('Scholl', 'School').trimEnd().split('\r\n');
  expect((await send('group', mended)).counts).toMatchObject({ created: 1, failed: 0 });
});

test('S8 identifiers are trimmed and compare to the letter, whatever the script', async () => {
  await using campus = await openCampus();
  const { engine, send } = campus;
  await send('group', [
    'unique-identifier,name,organization',
    ' ÜBUNG ,One,Film School',
    '"\u00a0übung",Two,Film School',
    '"  O\'Neill ",Three,Film School',
  ]);
  const run = await send('section', [
    'unique-identifier,name,group-unique-identifier',
    'A,A,ÜBUNG',
    'Б ,B, übung',
    "C,C,O'Neill",
    'D,D,Übung',
  ]);
  expect(await reportOf(engine, run.id)).toEqual(['5 group-unknown Übung']);
  await send('section-members', [
    'section-unique-identifier,member-unique-identifier',
    ' Б,A1',
    '"Б\u00a0",A2',
    'A, a3 ',
  ]);
  const { groups, members } = await stateOf(engine.store.read);
  expect(Object.keys(groups)).toEqual(['ÜBUNG', 'übung', "O'Neill"]);
  expect(members).toEqual({
    A: { A3: { status: 'ACTIVE' } },
    Б: { A1: { status: 'ACTIVE' }, A2: { status: 'ACTIVE' } },
  });
});
