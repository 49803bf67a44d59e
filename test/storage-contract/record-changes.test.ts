import { describe, expect, test } from 'vitest';
import type { RecordChange } from '../../src/ports/record-changes.ts';
import { engines, instant } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand } from '../support/records.ts';

const actor = { name: 'anna', channel: 'api' } as const;

function change(more: Partial<RecordChange> = {}): RecordChange {
  return {
    runId: null,
    at: instant,
    actor,
    entity: 'group',
    recordId: 1,
    patronId: null,
    action: 'updated',
    before: { name: 'Old', endDate: null },
    after: { name: 'Nów "1"', endDate: '2026-03-02' },
    ...more,
  };
}

const written: RecordChange[] = [
  change({ action: 'created', before: null }),
  change({ entity: 'section', recordId: 1, runId: 4 }),
  change({ entity: 'member', recordId: 1, patronId: 5, runId: 4, action: 'inactivated' }),
  change({ entity: 'member', recordId: 1, patronId: 6, runId: 4 }),
  change({ entity: 'member', recordId: 2, patronId: 5, runId: 4 }),
  change({ entity: 'organization', recordId: 1, action: 'removed', after: null, at: instant + 1 }),
];
const stored = written.map((one, index) => ({ ...one, id: index + 1 }));
const [ofGroup, ofSection, ofFive, ofSix, ofFiveElsewhere, ofOrganization] = stored;

describe.each(engines)('the journal of records on $name', ({ open }) => {
  test('entries come back as they were written, by record, by patron and in bulk', async () => {
    await using opened = await open();
    await opened.main.transact((tx) => tx.recordChanges.append(written));
    const { recordChanges } = opened.main.read;
    const page = { page: 1, pageSize: 9 };
    expect(await recordChanges.listByRecord('group', 1, page)).toEqual({ items: [ofGroup], total: 1 });
    expect((await recordChanges.listByRecord('organization', 1, page)).items).toEqual([ofOrganization]);
    expect((await recordChanges.listByRecord('section', 1, page)).items).toEqual([ofSection]);
    const withMembers = { withMembers: true, page: 1, pageSize: 2 };
    expect(await recordChanges.listByRecord('section', 1, withMembers)).toEqual({
      items: [ofSix, ofFive],
      total: 3,
    });
    expect(await recordChanges.listByPatron(5)).toEqual([ofFive, ofFiveElsewhere]);
    expect(await recordChanges.mapByRecord('member', [2, 1, 3])).toEqual(
      new Map([
        [1, [ofFive, ofSix]],
        [2, [ofFiveElsewhere]],
      ]),
    );
    expect((await opened.other.read.recordChanges.listByRecord('group', 1, page)).items).toEqual([]);
  });

  test('records of a run are those it changed and those it made', async () => {
    await using opened = await open();
    const byRun = { createdRun: 4, createdAt: 1 };
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      await insertRecords(tx, 'section', [newRecord.section(2)], byRun);
      await insertRecords(tx, 'section', [newRecord.section(3)]);
      await tx.members.insert([newMember(3, 1)], byRun);
      await tx.members.insert([newMember(3, 2)], byHand);
      await tx.recordChanges.append(written);
    });
    const { recordChanges } = opened.main.read;
    expect(await recordChanges.listRecordsOfRun(4, 'section', 0, 9)).toEqual([1, 2]);
    expect(await recordChanges.listRecordsOfRun(4, 'section', 1, 9)).toEqual([2]);
    expect(await recordChanges.listRecordsOfRun(4, 'member', 0, 9)).toEqual([1, 2, 3]);
    expect(await recordChanges.listRecordsOfRun(4, 'member', 0, 2)).toEqual([1, 2]);
    expect(await recordChanges.listRecordsOfRun(5, 'member', 0, 9)).toEqual([]);
    expect(await recordChanges.listRecordsOfRun(4, 'organization', 0, 9)).toEqual([]);
  });

  test('the stamp of the patrons’ journal grows with every entry, also with those taken out', async () => {
    await using opened = await open();
    const { changes } = opened.main.read;
    const stamps = [await changes.stamp()];
    await opened.main.transact((tx) => tx.recordChanges.append([change()]));
    stamps.push(await changes.stamp());
    await opened.main.transact((tx) => tx.recordChanges.removeByPatron(5));
    stamps.push(await changes.stamp());
    expect(stamps).toEqual([...new Set(stamps)].toSorted((a, b) => a - b));
  });

  test('a patron is taken out, as a member and as the person to ask', async () => {
    await using opened = await open();
    const person = {
      contactPatronId: 5,
      contactRole: 'tutor',
      telephone: '1',
      email: 'e',
      url: 'u',
      contactNote: 'n',
    };
    const nobody = {
      contactPatronId: null,
      contactRole: '',
      telephone: '',
      email: '',
      url: '',
      contactNote: '',
    };
    const somebodyElse = { ...person, contactPatronId: 55 };
    await opened.main.transact(async (tx) => {
      await tx.recordChanges.append(written);
      await tx.recordChanges.append([
        change({ before: { name: 'G', ...person }, after: { name: 'H', ...somebodyElse } }),
        change({ before: null, after: { ...somebodyElse } }),
      ]);
    });
    const { recordChanges } = opened.main.read;
    expect((await recordChanges.listNamingPerson(5)).map(({ id }) => id)).toEqual([7]);
    await opened.main.transact((tx) => tx.recordChanges.removeByPatron(5));
    expect(await recordChanges.listByPatron(5)).toEqual([]);
    expect(await recordChanges.listByPatron(6)).toEqual([ofSix]);
    expect(await recordChanges.listNamingPerson(5)).toEqual([]);
    const { items } = await recordChanges.listByRecord('group', 1, { page: 1, pageSize: 2 });
    expect(items.map(({ before, after }) => [before, after])).toEqual([
      [null, somebodyElse],
      [
        { name: 'G', ...nobody },
        { name: 'H', ...somebodyElse },
      ],
    ]);
  });

  test('the purge takes the oldest entries before the instant, piece by piece', async () => {
    await using opened = await open();
    await opened.main.transact((tx) => tx.recordChanges.append(written));
    const purge = () => opened.main.transact((tx) => tx.recordChanges.purgeBefore(instant + 1, 3));
    expect([await purge(), await purge(), await purge()]).toEqual([3, 2, 0]);
    const { items } = await opened.main.read.recordChanges.listByRecord('organization', 1, {
      page: 1,
      pageSize: 9,
    });
    expect(items).toEqual([ofOrganization]);
  });
});
