import { describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand, upTo } from '../support/records.ts';

const byRun = { createdRun: 7, createdAt: 5 };
type NewMember = ReturnType<typeof newMember>;
const stored = (member: NewMember, more: object = {}) => ({
  ...member,
  ...byRun,
  updatedAt: byRun.createdAt,
  ...more,
});

const dated = newMember(1, 2, {
  startDate: '2026-01-01',
  endDate: '2026-12-31',
  inactiveSince: 1_770_000_000_000,
  status: 'INACTIVE',
});
const some = [newMember(1, 1), dated, newMember(2, 1, { startDate: '2027-01-01', status: 'UPCOMING' })];

describe.each(engines)('members on $name', ({ open }) => {
  async function openWith(members: readonly NewMember[], patrons = 3) {
    const opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx, patrons);
      await insertRecords(tx, 'section', [newRecord.section(2), newRecord.section(3)]);
      await tx.members.insert(members, byRun);
    });
    return opened;
  }

  test('members come back as they were stored, by section and by patron', async () => {
    await using opened = await openWith(some);
    const { members } = opened.main.read;
    const [first, second, third] = some.map((member) => stored(member));
    expect(await members.find(1, 2)).toEqual(second);
    expect(await members.find(2, 2)).toBeUndefined();
    expect(await members.mapBySection([3, 2, 1])).toEqual(
      new Map([
        [1, [first, second]],
        [2, [third]],
      ]),
    );
    expect(await members.mapByPatron([1, 2, 3])).toEqual(
      new Map([
        [1, [first, third]],
        [2, [second]],
      ]),
    );
    expect(await members.listBySection(1, { page: 2, pageSize: 1 })).toEqual({ items: [second], total: 2 });
    expect(await members.listBySection(1, { status: 'ACTIVE', page: 1, pageSize: 5 })).toEqual({
      items: [first],
      total: 1,
    });
    expect(await members.countActive([1, 2, 3])).toBe(1);
    expect(await members.countActive([2, 3])).toBe(0);
    expect(await members.isEmpty()).toBe(false);
    const { members: elsewhere } = opened.other.read;
    expect(await elsewhere.isEmpty()).toBe(true);
    expect(await elsewhere.mapBySection([1, 2])).toEqual(new Map());
  });

  test('a member is changed, and removed, without a trace in others', async () => {
    await using opened = await openWith(some);
    const { main } = opened;
    const again = newMember(1, 2, { endDate: '2027-06-30' });
    await main.transact((tx) => tx.members.update([again], 9));
    expect(await main.read.members.find(1, 2)).toEqual(stored(again, { updatedAt: 9 }));
    expect(await main.read.members.find(1, 1)).toEqual(stored(newMember(1, 1)));
    await main.transact((tx) => tx.members.remove([{ sectionId: 1, patronId: 1 }]));
    expect([...(await main.read.members.mapByPatron([1, 2])).keys()]).toEqual([1, 2]);
    await main.transact((tx) => tx.members.removeByPatron(1));
    expect([...(await main.read.members.mapByPatron([1, 2])).keys()]).toEqual([2]);
  });

  test.each([0, 1, 25, 101, 2000])('%i members at once, and all of them changed at once', async (count) => {
    const members = upTo(count).map((patronId) => newMember(1, patronId));
    await using opened = await openWith(members, Math.max(count, 3));
    const { main } = opened;
    const listed = async () => (await main.read.members.mapBySection([1])).get(1) ?? [];
    expect(await listed()).toEqual(members.map((member) => stored(member)));
    const ended = members.map((member) => ({ ...member, status: 'INACTIVE' as const, inactiveSince: 4 }));
    await main.bulkTransact((tx) => tx.members.update(ended, 6));
    expect(await listed()).toEqual(ended.map((member) => stored(member, { updatedAt: 6 })));
  });

  test('a member of a section that is not there is refused, and nothing of it is kept', async () => {
    await using opened = await open();
    const inserting = opened.main.transact((tx) => tx.members.insert([newMember(1, 1)], byHand));
    await expect(inserting).rejects.toThrow(/foreign key/iu);
    expect(await opened.main.read.members.isEmpty()).toBe(true);
  });
});
