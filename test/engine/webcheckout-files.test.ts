import { describe, expect, test } from 'vitest';
import { openCampus, reportOf, stateOf, ways, type Campus } from '../support/webcheckout.ts';

const groupHeader =
  'unique-identifier,name,organization,status,start-date,end-date,contact-unique-identifier';
const sectionHeader = 'unique-identifier,name,group-unique-identifier,start-date,end-date';
const memberHeader = 'section-unique-identifier,member-unique-identifier,start-date,end-date';
const setHeader = 'name,unique-identifier,organization,group-unique-identifier,resource-types,authset';

/** Group FILM with section FILM-A, whose members are A1, A2 and A3. */
async function seed(send: Campus['send']) {
  await send('group', [groupHeader, 'FILM,Film 101,Film School,,,,']);
  await send('section', [sectionHeader, 'FILM-A,Autumn,FILM,,']);
  await send('section-members', [memberHeader, 'FILM-A,A1,,', 'FILM-A,A2,,', 'FILM-A,A3,,']);
}

describe.each(ways)('with the plan %s', (_, tuning) => {
  test('W8 groups, sections, members and sets come in, one after the other', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await seed(send);
    const run = await send('authorization-set', [setHeader, 'Cameras,CAM,Film School,FILM,CAMERA|LENS,']);
    expect(run).toMatchObject({ state: 'applied', counts: { created: 1, updated: 0, failed: 0 } });
    expect(await stateOf(engine.store.read)).toEqual({
      groups: {
        FILM: { name: 'Film 101', status: 'ACTIVE', organization: 'Film School', primarySet: 'CAM' },
      },
      sections: { 'FILM-A': { name: 'Autumn', status: 'ACTIVE', group: 'FILM' } },
      members: {
        'FILM-A': { A1: { status: 'ACTIVE' }, A2: { status: 'ACTIVE' }, A3: { status: 'ACTIVE' } },
      },
      authorizationSets: {
        CAM: {
          name: 'Cameras',
          status: 'ACTIVE',
          organization: 'Film School',
          resourceTypes: ['CAMERA', 'LENS'],
        },
      },
    });
  });

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
});
