import { describe, expect, test } from 'vitest';
import { recordEntities, type RecordEntity, type RecordToStore } from '../../src/ports/records.ts';
import { engines } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand, upTo } from '../support/records.ts';

/** A record of each entity in which no field is what it is by itself; what it refers to has the number 1. */
const fullRecords: { readonly [E in RecordEntity]: RecordToStore<E> } = {
  organization: newRecord.organization(2, { name: 'Fine Arts — Żary' }),
  'resource-type': newRecord['resource-type'](2, {
    uniqueIdentifier: 'CAM|2',
    name: 'Cameras',
    restricted: false,
  }),
  'checkout-center': newRecord['checkout-center'](2, { portalRestricted: false, wcoRestricted: true }),
  'authorization-set': newRecord['authorization-set'](2, {
    description: 'All of “it”',
    delegatedTo: [1],
    resourceTypes: [1],
    checkoutCenters: [1],
    wcoCheckoutCenters: [1],
    sets: [1],
    startDate: '2026-03-02',
    endDate: '2026-12-31',
    inactiveSince: 1_770_000_000_000,
    status: 'INACTIVE',
  }),
  group: newRecord.group(2, {
    description: 'd',
    note: 'n',
    primarySetId: 1,
    startDate: '2027-01-05',
    status: 'UPCOMING',
    contactPatronId: 2,
    contactRole: 'tutor',
    telephone: '+44 1',
    email: 'x@y.example',
    url: 'https://y.example',
    contactNote: 'mornings',
  }),
  section: newRecord.section(2, {
    description: 'd',
    note: 'n',
    endDate: '2027-01-05',
    contactPatronId: 3,
    contactRole: 'tutor',
    telephone: '+44 1',
    email: 'x@y.example',
    url: 'https://y.example',
    contactNote: 'evenings',
  }),
};

const stored = <E extends RecordEntity>(record: RecordToStore<E>, updatedAt = byHand.createdAt) => ({
  ...record,
  ...byHand,
  updatedAt,
});

describe.each(engines)('records on $name', ({ open }) => {
  test.each(recordEntities)('a %s comes back as it was stored, by every way to ask', async (entity) => {
    await using opened = await open();
    const record = fullRecords[entity] as RecordToStore<'organization'>;
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      await insertRecords(tx, entity as 'organization', [record]);
    });
    const reader = opened.main.read.records[entity as 'organization'];
    const identifier = 'uniqueIdentifier' in record ? String(record.uniqueIdentifier) : record.name;
    const expected = stored(record);
    expect(await reader.findById(2)).toEqual(expected);
    expect(await reader.findByIds([3, 2])).toEqual([expected]);
    expect(await reader.findByIdentifier(` ${identifier} `)).toEqual(expected);
    expect(await reader.findByIdentifier(identifier.toUpperCase() + identifier)).toBeUndefined();
    expect(await reader.mapByIdentifier(['nobody', identifier])).toEqual(new Map([[identifier, expected]]));
    expect(await reader.listAfter(1, 5)).toEqual([expected]);
    expect(await reader.count()).toBe(2);
    expect(await opened.other.read.records[entity].findById(2)).toBeUndefined();
    expect(await opened.other.read.records[entity].count()).toBe(0);
  });

  test.each(recordEntities)('every field of a %s can be changed', async (entity) => {
    await using opened = await open();
    const plain = newRecord[entity](2);
    const full = fullRecords[entity] as RecordToStore<'organization'>;
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      await insertRecords(tx, entity as 'organization', [plain]);
    });
    const { main } = opened;
    const find = () => main.read.records[entity].findById(2);
    await main.transact((tx) => tx.records[entity as 'organization'].update([full], 7));
    expect(await find()).toEqual(stored(full, 7));
    await main.transact((tx) => tx.records[entity as 'organization'].update([plain], 8));
    expect(await find()).toEqual(stored(plain, 8));
    expect(await main.read.records[entity].findById(1)).toMatchObject({ updatedAt: byHand.createdAt });
  });

  test('W8 W15 identifiers compare exactly: neither case nor accents are overlooked', async () => {
    await using opened = await open();
    await opened.main.transact((tx) =>
      insertRecords(tx, 'organization', [
        newRecord.organization(1, { name: 'Arts' }),
        newRecord.organization(2, { name: 'arts' }),
        newRecord.organization(3, { name: 'Árts' }),
      ]),
    );
    const found = await opened.main.read.records.organization.mapByIdentifier(['arts', 'ARTS', 'Árts']);
    expect(
      [...found].map(([name, { id }]) => [name, id] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    ).toEqual([
      ['arts', 2],
      ['Árts', 3],
    ]);
  });

  test('an identifier passes from one record to another within one call', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertRecords(
        tx,
        'organization',
        upTo(2).map((id) => newRecord.organization(id)),
      );
      await tx.records.organization.update(
        [
          newRecord.organization(1, { name: 'Organization 2' }),
          newRecord.organization(2, { name: 'Organization 1' }),
        ],
        1,
      );
    });
    const { items } = await opened.main.read.records.organization.list({ page: 1, pageSize: 5 });
    expect(items.map(({ id, name }) => [id, name])).toEqual([
      [2, 'Organization 1'],
      [1, 'Organization 2'],
    ]);
  });

  test('a list is by identifier, and finds words in identifier and name whatever their case and accents', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      await insertRecords(tx, 'group', [
        newRecord.group(2, { uniqueIdentifier: 'B', name: 'Łódź Film 100%' }),
        newRecord.group(3, { uniqueIdentifier: 'a_c', name: 'Film', status: 'INACTIVE', contactPatronId: 1 }),
        newRecord.group(4, { uniqueIdentifier: 'abc', name: 'Photo' }),
      ]);
    });
    const { group } = opened.main.read.records;
    const ids = async (filter: object) =>
      (await group.list({ page: 1, pageSize: 10, ...filter })).items.map(({ id }) => id);
    expect(await ids({})).toEqual([2, 3, 4, 1]);
    expect(await ids({ q: 'FILM lodz' })).toEqual([2]);
    expect(await ids({ q: 'b film' })).toEqual([2]);
    expect(await ids({ q: '%' })).toEqual([2]);
    expect(await ids({ q: 'A_C' })).toEqual([3]);
    expect(await ids({ status: 'INACTIVE' })).toEqual([3]);
    expect(await ids({ contactPatronId: 1 })).toEqual([3]);
    expect(await ids({ parentId: 2 })).toEqual([]);
    expect(await group.list({ parentId: 1, page: 2, pageSize: 3 })).toMatchObject({
      items: [{ id: 1 }],
      total: 4,
    });
  });

  test('what something refers to is said, and is not removed', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      for (const entity of recordEntities) {
        await insertRecords(tx, entity as 'organization', [
          fullRecords[entity] as RecordToStore<'organization'>,
          newRecord[entity](3),
        ]);
      }
      await tx.members.insert([newMember(1, 1)], byHand);
    });
    const { records, patrons } = opened.main.read;
    for (const entity of recordEntities) {
      expect(await records[entity].listReferred([3, 2, 1]), entity).toEqual([1]);
      await expect(opened.main.transact((tx) => tx.records[entity].remove([3, 1]))).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await records[entity].count()).toBe(3);
    }
    // A member, and two contact persons.
    expect(await patrons.listReferred([1, 2, 3, 4])).toEqual([1, 2, 3]);
    await expect(opened.main.transact((tx) => tx.patrons.remove([1]))).rejects.toMatchObject({
      code: 'conflict',
    });
    await opened.main.transact(async (tx) => {
      for (const entity of recordEntities.toReversed()) await tx.records[entity].remove([2, 3]);
    });
    for (const entity of recordEntities) expect(await records[entity].count(), entity).toBe(1);
  });

  test.each([0, 1, 24, 25, 26, 300])('%i sets with their lists at once', async (count) => {
    await using opened = await open();
    const sets = upTo(count).map((n) =>
      newRecord['authorization-set'](n + 1, {
        resourceTypes: [1],
        sets: n > 1 ? [1, 2] : [],
        delegatedTo: [1],
      }),
    );
    await opened.main.transact(async (tx) => {
      await insertParents(tx);
      await insertRecords(tx, 'authorization-set', sets);
    });
    const read = () => opened.main.read.records['authorization-set'].listAfter(1, 1000);
    expect(await read()).toEqual(sets.map((set) => stored(set)));
    const changed = sets.map((set) => ({ ...set, resourceTypes: [], checkoutCenters: [1] }));
    await opened.main.transact((tx) => tx.records['authorization-set'].update(changed, 9));
    expect(await read()).toEqual(changed.map((set) => stored(set, 9)));
  });
});
