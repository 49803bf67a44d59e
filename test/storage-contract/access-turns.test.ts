import { describe, expect, test } from 'vitest';
import type { RecordedTurn } from '../../src/ports/access-turns.ts';
import { engines } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand } from '../support/records.ts';

const day = '2026-03-02';
const page = { page: 1, pageSize: 2 };
const camera = { kind: 'resource-type', id: 1 } as const;
const portal = { kind: 'checkout-center', id: 1 } as const;
const starts = { entity: 'section', id: 1, turn: 'start' } as const;
const ends = { entity: 'member', id: 1, turn: 'end' } as const;
const turns: RecordedTurn[] = [
  { patronId: 1, gained: [camera, portal], lost: [], because: [starts] },
  { patronId: 2, gained: [], lost: [camera], because: [starts, ends] },
  { patronId: 3, gained: [camera, portal], lost: [], because: [] },
];

const byNumber = (a: number, b: number) => a - b;

describe.each(engines)('access turns on $name', ({ open }) => {
  test('W3 what a date gave and took is kept by patron, for its own tenant alone', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      for (const date of [day, '2026-03-03']) await tx.dailyRuns.begin(date, 1);
      await tx.accessTurns.save(day, turns);
      await tx.accessTurns.save('2026-03-03', turns.slice(1));
    });
    const { accessTurns } = opened.main.read;
    expect(await accessTurns.list(day, page)).toEqual({ items: turns.slice(0, 2), total: 3 });
    expect(await accessTurns.list(day, { ...page, page: 2 })).toEqual({ items: turns.slice(2), total: 3 });
    expect(await accessTurns.listByPatron(2)).toEqual([
      { day, ...turns[1] },
      { day: '2026-03-03', ...turns[1] },
    ]);
    expect(await opened.other.read.accessTurns.list(day, page)).toEqual({ items: [], total: 0 });
  });

  test('W3 they go by patron, and by date in pieces', async () => {
    await using opened = await open();
    const left = await opened.main.transact(async (tx) => {
      await tx.dailyRuns.begin(day, 1);
      await tx.accessTurns.save(day, turns);
      await tx.accessTurns.removeByPatron(1);
      const { total } = await tx.accessTurns.list(day, page);
      const purged = [
        await tx.accessTurns.purgeBefore(day, 5),
        await tx.accessTurns.purgeBefore('2026-03-03', 1),
        await tx.accessTurns.purgeBefore('2026-03-03', 5),
      ];
      return { total, purged, last: (await tx.accessTurns.list(day, page)).total };
    });
    expect(left).toEqual({ total: 2, purged: [0, 1, 1], last: 0 });
  });

  test('W20 what access is worked out from: what has ended before is left out, and what is not restricted', async () => {
    await using opened = await open();
    const { main } = opened;
    await main.transact(async (tx) => {
      await insertParents(tx);
      const open = newRecord['resource-type'](2, { restricted: false });
      await insertRecords(tx, 'resource-type', [open]);
      const set = newRecord['authorization-set'](2, {
        resourceTypes: [1, 2],
        checkoutCenters: [1],
        wcoCheckoutCenters: [1],
        sets: [1],
      });
      await insertRecords(tx, 'authorization-set', [set]);
      await insertRecords(tx, 'group', [newRecord.group(2, { primarySetId: 2, endDate: '2026-06-01' })]);
      await insertRecords(tx, 'section', [
        newRecord.section(2, { groupId: 2, startDate: day }),
        newRecord.section(3, { groupId: 2, endDate: '2026-03-01' }),
      ]);
      await tx.members.insert(
        [
          newMember(2, 1, { endDate: day }),
          newMember(2, 2, { endDate: '2026-03-01' }),
          newMember(2, 3),
          newMember(3, 3, { startDate: day }),
        ],
        byHand,
      );
    });
    const frame = main.read.accessFrame;
    const always = { startDate: null, endDate: null, inactiveSince: null };
    expect(await frame.listSections(day)).toEqual([
      {
        id: 2,
        term: { ...always, startDate: day },
        groupId: 2,
        groupTerm: { ...always, endDate: '2026-06-01' },
        setId: 2,
      },
    ]);
    const { sets, targets } = await frame.listSets();
    expect(targets).toEqual([camera, portal]);
    expect(sets.toSorted((a, b) => a.id - b.id)).toEqual([
      { id: 1, ...always, targets: [], nested: [] },
      { id: 2, ...always, targets: [0, 1], nested: [1] },
    ]);
    const ending = { sectionId: 2, patronId: 1, ...always, endDate: day };
    const staying = { sectionId: 2, patronId: 3, ...always };
    const byPatron = (a: { patronId: number }, b: { patronId: number }) => a.patronId - b.patronId;
    expect((await frame.listMembersOfSections([2], day)).toSorted(byPatron)).toEqual([ending, staying]);
    expect(await frame.listMembersOfPatrons([1, 2], day)).toEqual([ending]);
    expect(await frame.listMembersOfPatrons([3], day)).toContainEqual({
      sectionId: 3,
      patronId: 3,
      ...always,
      startDate: day,
    });
    expect((await frame.listPatronsOfSections([2, 3])).toSorted(byNumber)).toEqual([1, 2, 3, 3]);
    expect(await frame.listInactive([1, 2, 3])).toEqual([]);
    expect(await opened.other.read.accessFrame.listSections(day)).toEqual([]);
  });

  test('W20 memberships by patron: of all or of some, with their dates, without what has ended or is flagged', async () => {
    await using opened = await open();
    const { main } = opened;
    await main.transact(async (tx) => {
      await insertParents(tx, 5);
      await insertRecords(
        tx,
        'section',
        [2, 3, 4].map((id) => newRecord.section(id)),
      );
      await tx.members.insert(
        [
          newMember(1, 1),
          newMember(1, 2, { startDate: '2026-03-05', endDate: '2026-04-01', status: 'UPCOMING' }),
          newMember(1, 4, { startDate: day, inactiveSince: 8 }),
          newMember(2, 1, { endDate: day }),
          newMember(2, 2, { inactiveSince: 7, status: 'INACTIVE' }),
          newMember(2, 3, { endDate: '2026-03-01', status: 'INACTIVE' }),
          newMember(3, 1),
          newMember(3, 4, { inactiveSince: 8 }),
          newMember(4, 1, { startDate: day, status: 'UPCOMING' }),
        ],
        byHand,
      );
    });
    const one = {
      patronId: 1,
      undated: [1, 3],
      dated: [
        { sectionId: 2, startDate: null, endDate: day },
        { sectionId: 4, startDate: day, endDate: null },
      ],
    };
    const two = {
      patronId: 2,
      undated: [],
      dated: [{ sectionId: 1, startDate: '2026-03-05', endDate: '2026-04-01' }],
    };
    const four = {
      patronId: 4,
      undated: [3],
      dated: [{ sectionId: 1, startDate: day, endDate: null }],
    };
    const frame = main.read.accessFrame;
    expect(await frame.listMemberships([4, 1, 3], day, 7)).toEqual([
      one,
      { patronId: 3, undated: [], dated: [] },
      four,
    ]);
    expect(await frame.listMembershipsAfter(0, 2, day, 7)).toEqual([one, two]);
    expect(await frame.listMembershipsAfter(2, 2, day, 7)).toEqual([four]);
    expect(await frame.listMembershipsAfter(2, 2, day, 8)).toEqual([]);
    expect((await frame.listPatronsTurning(day, '2026-03-05', 9)).toSorted(byNumber)).toEqual([1]);
    expect((await frame.listPatronsTurning(day, '2026-04-02', 9)).toSorted(byNumber)).toEqual([1, 2]);
    expect(await frame.listPatronsTurning(day, '2026-04-02', 1)).toHaveLength(1);
    expect(await opened.other.read.accessFrame.listMembershipsAfter(0, 9, day, 7)).toEqual([]);
    expect(await opened.other.read.accessFrame.listPatronsTurning(day, '2027-01-01', 9)).toEqual([]);
  });
});
