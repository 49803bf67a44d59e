import { describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand } from '../support/records.ts';

const always = { startDate: null, endDate: null, inactiveSince: null };
const type1 = { kind: 'resource-type', id: 1 } as const;

describe.each(engines)('access on $name', ({ open }) => {
  test('a membership comes with section, group and primary set, each with its own dates', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      const set = { startDate: '2026-01-01', endDate: '2026-01-02', inactiveSince: 3 };
      await insertRecords(tx, 'authorization-set', [newRecord['authorization-set'](2, set)]);
      await insertRecords(tx, 'group', [newRecord.group(2, { primarySetId: 2, endDate: '2026-02-02' })]);
      await insertRecords(tx, 'section', [newRecord.section(2, { groupId: 2, startDate: '2026-03-03' })]);
      await tx.members.insert(
        [newMember(1, 1), newMember(1, 2), newMember(2, 1, { inactiveSince: 9, status: 'INACTIVE' })],
        byHand,
      );
    });
    const { access } = opened.main.read;
    const section1 = { id: 1, uniqueIdentifier: 'section-1', name: 'Section 1' };
    const section2 = { id: 2, uniqueIdentifier: 'section-2', name: 'Section 2' };
    expect(await access.listMemberships(1)).toEqual([
      {
        member: { entity: 'member', ...section1, ...always },
        section: { entity: 'section', ...section1, ...always },
        group: { entity: 'group', id: 1, uniqueIdentifier: 'group-1', name: 'Group 1', ...always },
        primarySet: undefined,
      },
      {
        member: { entity: 'member', ...section2, ...always, inactiveSince: 9 },
        section: { entity: 'section', ...section2, ...always, startDate: '2026-03-03' },
        group: {
          entity: 'group',
          id: 2,
          uniqueIdentifier: 'group-2',
          name: 'Group 2',
          ...always,
          endDate: '2026-02-02',
        },
        primarySet: {
          entity: 'authorization-set',
          id: 2,
          uniqueIdentifier: 'set-2',
          name: 'Set 2',
          startDate: '2026-01-01',
          endDate: '2026-01-02',
          inactiveSince: 3,
        },
      },
    ]);
    expect(await access.listMemberships(3)).toEqual([]);
    expect(await opened.other.read.access.listMemberships(1)).toEqual([]);
  });

  test('W16 sets are followed upwards to any depth, each with what it reaches the target through', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      const set = newRecord['authorization-set'];
      await insertRecords(tx, 'authorization-set', [
        set(2, { resourceTypes: [1], checkoutCenters: [1] }),
        set(3, { sets: [2] }),
        set(4, { sets: [1, 2, 3], resourceTypes: [1], endDate: '2026-07-01' }),
        set(5, { sets: [4] }),
        set(6, { sets: [1], wcoCheckoutCenters: [1] }),
      ]);
    });
    const { access } = opened.main.read;
    const reached = async (target: Parameters<typeof access.mapSetsReaching>[0]) =>
      [...(await access.mapSetsReaching(target))].map(([id, { grants, through }]) => [id, grants, through]);
    expect(await reached(type1)).toEqual([
      [2, true, []],
      [3, false, [2]],
      [4, true, [2, 3]],
      [5, false, [4]],
    ]);
    expect(await reached({ kind: 'wco-checkout-center', id: 1 })).toEqual([[6, true, []]]);
    expect(await reached({ kind: 'checkout-center', id: 2 })).toEqual([]);
    expect((await access.mapSetsReaching(type1)).get(4)!.set).toEqual({
      entity: 'authorization-set',
      id: 4,
      uniqueIdentifier: 'set-4',
      name: 'Set 4',
      ...always,
      endDate: '2026-07-01',
    });
    expect(await opened.other.read.access.mapSetsReaching(type1)).toEqual(new Map());
  });

  test('a cycle, which should not be, ends all the same', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      const set = newRecord['authorization-set'];
      await insertRecords(tx, 'authorization-set', [
        set(2, { resourceTypes: [1], sets: [4] }),
        set(3, { sets: [2, 3] }),
        set(4, { sets: [3] }),
      ]);
    });
    const reaching = await opened.main.read.access.mapSetsReaching(type1);
    expect([...reaching].map(([id, { grants, through }]) => [id, grants, through])).toEqual([
      [2, true, [4]],
      [3, false, [2, 3]],
      [4, false, [3]],
    ]);
  });

  test('overrides are listed newest first, of all or of one patron, and go with the patron', async () => {
    await using opened = await open();
    const override = { at: 5, operator: 'olga', patronId: 1, target: type1, reason: 'lost card' };
    const center = { ...override, patronId: 2, target: { kind: 'wco-checkout-center', id: 1 } as const };
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      expect(await tx.accessOverrides.insert(override)).toEqual({ id: 1, ...override });
      await tx.accessOverrides.insert(center);
    });
    const list = (more: object = {}) =>
      opened.main.read.accessOverrides.list({ page: 1, pageSize: 5, ...more });
    const [first, second] = [
      { id: 1, ...override },
      { id: 2, ...center },
    ];
    expect(await list()).toEqual({ items: [second, first], total: 2 });
    expect(await list({ patronId: 1 })).toEqual({ items: [first], total: 1 });
    await opened.main.transact((tx) => tx.accessOverrides.removeByPatron(2));
    expect(await list()).toEqual({ items: [first], total: 1 });
    expect(await opened.other.read.accessOverrides.list({ page: 1, pageSize: 5 })).toEqual({
      items: [],
      total: 0,
    });
  });
});
