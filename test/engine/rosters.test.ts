import { describe, expect, test } from 'vitest';
import { editByHand } from '../../src/directory/hand-edits.ts';
import { patronChange } from '../../src/directory/save-patron.ts';
import { runSummary } from '../../src/directory/view-run.ts';
import type { Run } from '../../src/ports/runs.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { openCampus, stateOf, ways, type Campus } from '../support/webcheckout.ts';
import { upTo } from '../support/records.ts';

const actor = { name: 'head', channel: 'api' } as const;
const memberHeader = 'section-unique-identifier,member-unique-identifier';
const person = (id: number) => `P${id}`;
const roster = (section: string, ids: readonly number[]) => ids.map((id) => `${section},${person(id)}`);
const codesOf = (run: Run) => run.heldFor.map(({ code }) => code);

/** Group BIG with sections S1 to S3, and patrons P1 to P200. */
async function bigSchool({ send }: Campus): Promise<void> {
  await send('patrons', ['username,externalid', ...upTo(200).map((id) => `p${id},${person(id)}`)]);
  await send('group', ['unique-identifier,name,organization', 'BIG,Big,Film School']);
  await send('section', [
    'unique-identifier,name,group-unique-identifier',
    ...upTo(3).map((id) => `S${id},x,BIG`),
  ]);
}

describe.each(ways)('S10 members, with the plan %s', (_, tuning) => {
  test('S10 more than 50 and more than 30 % of the active members of the sections named are not ended unseen', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await bigSchool(campus);
    await send('section-members', [memberHeader, ...roster('S1', upTo(150)), ...roster('S2', upTo(20))]);
    const left = [memberHeader, ...roster('S1', upTo(150).slice(52)), ...roster('S2', upTo(20))];
    const held = await send('section-members', left);
    expect([held.state, codesOf(held)]).toEqual(['held', ['members-inactivated']]);
    expect(held.heldFor[0]).toMatchObject({ count: 52, of: 170, threshold: { moreThan: 50, percent: 30 } });
    expect(runSummary(held)).toContain('52 of the 170 active members of the sections in the file would lose');
    expect(Object.values((await stateOf(engine.store.read)).members['S1']!)).not.toContainEqual(
      expect.objectContaining({ status: 'INACTIVE' }),
    );
    // One less is at the edge, and passes; the unchanged section counts by its rows.
    const passes = [memberHeader, ...roster('S1', upTo(150).slice(51)), ...roster('S2', upTo(20))];
    expect(await send('section-members', passes)).toMatchObject({
      state: 'applied',
      counts: { inactivated: 51 },
    });
  });

  test('S10 at least 10 and more than half of any one section are not ended unseen, and small ones pass', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await bigSchool(campus);
    await send('section-members', [
      memberHeader,
      ...roster('S1', upTo(19)),
      ...roster('S2', upTo(18)),
      ...roster('S3', upTo(9)),
    ]);
    const held = await send('section-members', [
      memberHeader,
      ...roster('S1', [1]),
      ...roster('S2', upTo(8)),
    ]);
    expect(codesOf(held)).toEqual(['section-members-inactivated']);
    expect(held.heldFor[0]).toMatchObject({ section: 'S1', sections: 2, count: 18, of: 19 });
    // Half of a section, or all but one of nine, is what schools do.
    const passes = [memberHeader, ...roster('S2', upTo(9)), ...roster('S3', [1])];
    expect(await send('section-members', passes)).toMatchObject({
      state: 'applied',
      counts: { inactivated: 17 },
    });

    // What the file ends by a date counts as well as what it leaves out.
    const ended = [
      `${memberHeader},end-date`,
      ...upTo(19).map((id) => `S1,P${id},${id > 5 ? '1/31/2026' : ''}`),
    ];
    const byDate = await send('section-members', ended);
    expect(codesOf(byDate)).toEqual(['section-members-inactivated']);
    await approveRun(engine.store, byDate.id, actor, engine.clock.now());
    expect(await engine.perform(byDate.id, tuning)).toMatchObject({ state: 'applied', approvedBy: 'head' });
  });

  test('S10 a delivery is held as a whole for what one of its files would end', async () => {
    await using campus = await openCampus(tuning);
    const { engine, send } = campus;
    await bigSchool(campus);
    await send('section-members', [memberHeader, ...roster('S1', upTo(30))]);
    const files = {
      'group.csv': 'unique-identifier,name,organization\nBIG,Bigger,Film School\n',
      'section-members.csv': `${memberHeader}\nS1,P1\n`,
    };
    const held = await engine.perform(await engine.receiveFiles(files, { channel: 'cli' }), tuning);
    expect([held.state, codesOf(held)]).toEqual(['held', ['section-members-inactivated']]);
    expect((await stateOf(engine.store.read)).groups['BIG']).toMatchObject({ name: 'Big' });
    await approveRun(engine.store, held.id, actor, engine.clock.now());
    expect(await engine.perform(held.id, tuning)).toMatchObject({
      state: 'applied',
      counts: { inactivated: 29 },
    });
    expect((await stateOf(engine.store.read)).groups['BIG']).toMatchObject({ name: 'Bigger' });
  });
});

describe('what is remembered of a roster', () => {
  /** Sections whose rows are looked at again although they say the same. */
  const readAgain = ({ engine }: Campus) => engine.store.read.fingerprints.listVoid('section-members');

  test('a patron that gets another Person-ID has its sections read again, and no others (S3)', async () => {
    await using campus = await openCampus();
    const { engine, send } = campus;
    await bigSchool(campus);
    const lines = [memberHeader, ...roster('S1', [1, 2]), ...roster('S2', [3])];
    await send('section-members', lines);
    expect(await readAgain(campus)).toEqual([]);

    const change = patronChange(`externalid:${person(1)}`, { externalid: 'X1' });
    await editByHand(engine.store, change, { actor, clock: engine.clock });
    const { id } = (await engine.store.read.records.section.findByIdentifier('S1'))!;
    expect(await readAgain(campus)).toEqual([id]);
    await send('section-members', lines);
    // Nobody is P1 now, so the row fails, and what it named is left out.
    const { members } = await stateOf(engine.store.read);
    expect(members['S1']).toEqual({ X1: { status: 'INACTIVE' }, P2: { status: 'ACTIVE' } });
  });

  test('a section that the same delivery made is remembered from the first time on', async () => {
    await using campus = await openCampus();
    const { engine } = campus;
    await bigSchool(campus);
    const files = {
      'section.csv': 'unique-identifier,name,group-unique-identifier\nNEW,x,BIG\n',
      'section-members.csv': `${memberHeader}\nNEW,P1\nNEW,P2\n`,
    };
    await engine.perform(await engine.receiveFiles(files, { channel: 'cli' }));
    const id = (await engine.store.read.records.section.findByIdentifier('NEW'))!.id;
    const ids: number[] = [];
    for (let block = 0; block < 64; block++) {
      const entries = await engine.store.read.fingerprints.readBlock('section-members', block);
      if (entries) ids.push(...idsIn(entries));
    }
    expect(ids).toEqual([id]);
  });
});

/** The subjects that packed fingerprints speak of. */
function idsIn(entries: Uint8Array): number[] {
  const words = new Uint32Array(new Uint8Array(entries).buffer);
  return Array.from({ length: words.length / 6 }, (_, entry) => words[6 * entry + 1]!);
}
