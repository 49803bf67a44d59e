import { describe, expect, test } from 'vitest';
import { addAccount, openCampus, reportOf, stateOf, ways, type Campus } from '../support/webcheckout.ts';

const groupHeader =
  'unique-identifier,name,organization,status,start-date,end-date,contact-unique-identifier';
const sectionHeader = 'unique-identifier,name,group-unique-identifier,start-date,end-date';
const memberHeader = 'section-unique-identifier,member-unique-identifier,start-date,end-date';

/** The statuses of a section's members by Person-ID. */
async function statuses({ engine }: Campus, section = 'FILM-A') {
  const members = (await stateOf(engine.store.read)).members[section] ?? {};
  return Object.entries(members).map(([person, { status }]) => `${person} ${String(status)}`);
}

/** Group FILM with section FILM-A, whose members are A1, A2 and A3. */
async function seed(send: Campus['send']) {
  await send('group', [groupHeader, 'FILM,Film 101,Film School,,,,']);
  await send('section', [sectionHeader, 'FILM-A,Autumn,FILM,,']);
  await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,', 'FILM-A,A3,,']);
}

describe.each(ways)('with the plan %s', (_, tuning) => {
  test('W11 a section named is replaced whole, others are untouched', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    await send('section', [sectionHeader, 'FILM-B,Spring,FILM,,']);
    await send('section-members', [memberHeader, 'FILM-B,A4,,']);
    const run = await send('section-members', [memberHeader, 'FILM-A,A1,,6/30/2026', 'FILM-A,A4,4/1/2026,']);
    expect(run.counts).toMatchObject({ created: 1, updated: 1, inactivated: 2, unchanged: 0 });
    const { members } = await stateOf(engine.store.read);
    expect(members).toEqual({
      'FILM-A': {
        A1: { status: 'ACTIVE', endDate: '2026-06-30' },
        A2: { status: 'INACTIVE' },
        A3: { status: 'INACTIVE' },
        A4: { status: 'UPCOMING', startDate: '2026-04-01' },
      },
      'FILM-B': { A4: { status: 'ACTIVE' } },
    });
    // Back again, with the dates of the row.
    await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,5/1/2026,', 'FILM-A,A4,,']);
    expect((await stateOf(engine.store.read)).members['FILM-A']).toEqual({
      A1: { status: 'ACTIVE' },
      A2: { status: 'UPCOMING', startDate: '2026-05-01' },
      A3: { status: 'INACTIVE' },
      A4: { status: 'ACTIVE' },
    });
  });

  test('W12 failed rows are no omission of the pair they name', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    const run = await send('section-members', [
      memberHeader,
      'FILM-A,A1,,',
      'FILM-A,A2,02/30/2026,',
      'FILM-A,nobody,,',
      'NONE,A1,,',
    ]);
    expect(run.counts).toMatchObject({ unchanged: 1, failed: 3, inactivated: 1 });
    expect(await reportOf(engine, run.id)).toEqual([
      '3 date-invalid 02/30/2026',
      '4 member-unknown nobody',
      '5 section-unknown NONE',
    ]);
    expect((await stateOf(engine.store.read)).members['FILM-A']).toMatchObject({
      A2: { status: 'ACTIVE' },
      A3: { status: 'INACTIVE' },
    });
  });

  test('W12 a blank member leaves everybody of its section, and of no other, where they are', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    await send('section', [sectionHeader, 'FILM-B,Spring,FILM,,']);
    await send('section-members', [memberHeader, 'FILM-B,A1,,', 'FILM-B,A2,,']);
    const run = await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-A,,,', 'FILM-B,A1,,']);
    expect(run.counts).toMatchObject({ failed: 1, inactivated: 1, unchanged: 2 });
    expect(await reportOf(engine, run.id)).toEqual(['3 cell-blank', '3 nobody-inactivated']);
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'A3 ACTIVE']);
    expect(await statuses(campus, 'FILM-B')).toEqual(['A1 ACTIVE', 'A2 INACTIVE']);
  });

  test('W12 a section none of whose rows is good is untouched and reported', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    const run = await send('section-members', [memberHeader, 'FILM-A,nobody,,', 'FILM-A,A1,soon,']);
    expect(run.counts).toMatchObject({ failed: 2, inactivated: 0 });
    expect(await reportOf(engine, run.id)).toEqual([
      '2 member-unknown nobody',
      '2 section-untouched',
      '3 date-invalid soon',
    ]);
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'A3 ACTIVE']);
  });

  test('W11 the same member twice: the later row wins; W13 a member may be inactive as a patron', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    const run = await send('section-members', [
      memberHeader,
      'FILM-A,A6,9/1/2026,',
      'FILM-A,A1,,',
      'FILM-A,a6,,',
    ]);
    expect(run.counts).toMatchObject({ created: 1, unchanged: 1, inactivated: 2, failed: 0 });
    expect(await reportOf(engine, run.id)).toEqual(['2 member-repeated A6 4', '4 member-repeated a6 2']);
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 INACTIVE', 'A3 INACTIVE', 'A6 ACTIVE']);
  });

  test('S5 a file that was cut off inactivates nobody', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    await send('section', [sectionHeader, 'FILM-B,Spring,FILM,,']);
    await send('section-members', [memberHeader, 'FILM-B,A1,,', 'FILM-B,A2,,']);
    const whole = [memberHeader, 'FILM-A,A1,,', 'FILM-B,A1,,', 'FILM-A,A3,,'].join('\n');
    const run = await engine.importCsv(whole.slice(0, -3), {
      kind: 'section-members',
      mode: 'replaceDeclaredSections',
      channel: 'cli',
    });
    expect(run.counts).toMatchObject({ failed: 1, inactivated: 0, unchanged: 2 });
    expect(run.notes).toEqual([{ code: 'no-member-omitted' }]);
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'A3 ACTIVE']);
    expect(await statuses(campus, 'FILM-B')).toEqual(['A1 ACTIVE', 'A2 ACTIVE']);
  });

  test('S5 a row that names no section speaks for its member, one with too many cells for all it names', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    await send('section', [sectionHeader, 'FILM-B,Spring,FILM,,', 'FILM-C,Summer,FILM,,']);
    const others = ['FILM-B', 'FILM-C'].flatMap((section) => [`${section},A1,,`, `${section},A2,,`]);
    await send('section-members', [memberHeader, ...others]);
    const run = await send('section-members', [
      memberHeader,
      'FILM-A,A1,,',
      ',A2,,',
      'FILM-B,A1,,',
      '9/1/2026,,FILM-B,A3,too many',
      'FILM-C,A1,,',
    ]);
    expect(run.counts).toMatchObject({ failed: 2, inactivated: 0, unchanged: 3 });
    // A2 may have been meant in FILM-A or FILM-C, A3 in FILM-A, anybody in FILM-B.
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'A3 ACTIVE']);
    const later = await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-B,A1,,', 'FILM-C,A1,,']);
    expect(later.counts).toMatchObject({ inactivated: 4, unchanged: 3 });
    expect(await engine.store.read.members.countActive([1, 2, 3])).toBe(3);
  });

  test('W11 what was remembered of a roster holds until somebody touches it', async () => {
    await using campus = await openCampus(tuning);
    const { send } = campus;
    await seed(send);
    const rows = [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,', 'FILM-A,A3,,'];
    expect((await send('section-members', rows)).counts).toMatchObject({ unchanged: 3, updated: 0 });
    // Left out, and in the file again as it was.
    await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,']);
    expect((await send('section-members', rows)).counts).toMatchObject({ unchanged: 2, updated: 1 });
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'A3 ACTIVE']);
    // The Person-ID of a member passes to somebody else.
    await send('patrons', ['username,externalid', 'carl,B3', 'dora,A3']);
    expect((await send('section-members', rows)).counts).toMatchObject({ created: 1, inactivated: 1 });
    expect(await statuses(campus)).toEqual(['A1 ACTIVE', 'A2 ACTIVE', 'B3 INACTIVE', 'A3 ACTIVE']);
  });

  test('S3 the Person-ID is the field that the tenant has chosen', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    const rows = [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,', 'FILM-A,A3,,'];
    await send('section-members', rows);
    await engine.store.transact((tx) => tx.settings.save({ personIdField: 'username' }));
    // What the rows meant before says nothing now.
    expect((await send('section-members', rows)).counts).toMatchObject({ failed: 3, unchanged: 0 });
    const run = await send('section-members', [memberHeader, 'FILM-A,anna,,', 'FILM-A,Dora,,']);
    expect(run.counts).toMatchObject({ created: 1, unchanged: 1, inactivated: 2 });
  });

  test('W18 an operator of another organization cannot touch a roster, even one that says nothing new', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    await addAccount(engine, 'kim', ['manage-group-authorizations'], ['Music']);
    await addAccount(engine, 'lee', ['manage-group-authorizations'], ['Film School']);
    const rows = [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,', 'FILM-A,A3,,'];
    await send('section-members', rows);
    const refused = await send('section-members', rows, { channel: 'api', sender: 'kim' });
    expect(refused.counts).toMatchObject({ failed: 3, unchanged: 0, inactivated: 0 });
    expect((await reportOf(engine, refused.id))[0]).toBe('2 not-permitted Film School kim');
    const allowed = await send('section-members', rows.slice(0, 2), { channel: 'api', sender: 'lee' });
    expect(allowed.counts).toMatchObject({ unchanged: 1, inactivated: 2, failed: 0 });
  });
});
