import { describe, expect, test } from 'vitest';
import type { StatusChange, TermEntity, TurningTerm } from '../../src/ports/daily-runs.ts';
import type { TenantReader, TenantTransactor } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand } from '../support/records.ts';

const day = '2026-03-02';
const upcoming = (startDate: string, endDate: string | null = null) =>
  ({ status: 'UPCOMING', startDate, endDate }) as const;
const active = (endDate: string | null, startDate: string | null = null) =>
  ({ status: 'ACTIVE', startDate, endDate }) as const;

/** Terms around 2 March, with what is due of them then. */
const terms = [
  { id: 11, ...active(null) },
  { id: 12, ...active('2026-03-03') },
  { id: 13, ...active('2026-03-02') },
  { id: 14, ...active('2025-12-31') },
  { id: 15, status: 'INACTIVE', startDate: null, endDate: '2026-03-02' },
  { id: 16, ...upcoming('2026-03-02') },
  { id: 17, ...upcoming('2026-03-03', '2026-03-04') },
  { id: 18, ...upcoming('2026-02-01', '2026-03-01') },
  { id: 19, ...upcoming('2026-03-01', '2026-03-03') },
] as const;
const due = [
  ['end', '2025-12-31', 14],
  ['end', '2026-03-01', 18],
  ['end', '2026-03-02', 13],
  ['start', '2026-03-01', 19],
  ['start', '2026-03-02', 16],
];
/** Stores the terms as what is asked about; members are of a section with the number of the term. */
async function insertTerms(tx: TenantTransactor, entity: TermEntity): Promise<void> {
  await insertParents(tx);
  if (entity !== 'member') {
    await insertRecords(
      tx,
      entity as 'group',
      terms.map(({ id, ...term }) => newRecord[entity](id, term as object) as never),
    );
    return;
  }
  await insertRecords(
    tx,
    'section',
    terms.map(({ id }) => newRecord.section(id)),
  );
  await tx.members.insert(
    terms.map(({ id, ...term }) => newMember(id, 2, term)),
    byHand,
  );
}

async function inPieces(
  size: number,
  read: (after: TurningTerm | undefined, limit: number) => Promise<TurningTerm[]>,
): Promise<TurningTerm[]> {
  const all: TurningTerm[] = [];
  for (let piece = await read(undefined, size); piece.length > 0; piece = await read(all.at(-1), size)) {
    all.push(...piece);
  }
  return all;
}

const short = (found: readonly TurningTerm[]) => found.map(({ turn, on, id }) => [turn, on, id]);

describe.each(engines)('daily runs on $name', ({ open }) => {
  test.each(['group', 'section', 'member', 'authorization-set'] as const)(
    'W3 of a %s, what is due is found once, ends before starts, in pieces of any size',
    async (entity) => {
      await using opened = await open();
      await opened.main.transact((tx) => insertTerms(tx, entity));
      const { dailyRuns } = opened.main.read;
      for (const size of [1, 2, 3, 4, 100]) {
        const found = await inPieces(size, (after, limit) => dailyRuns.listDue(entity, day, after, limit));
        expect(short(found)).toEqual(due);
      }
      const [first] = await dailyRuns.listDue(entity, day, undefined, 1);
      expect(first).toEqual({
        id: 14,
        patronId: entity === 'member' ? 2 : null,
        status: 'ACTIVE',
        startDate: null,
        endDate: '2025-12-31',
        inactiveSince: null,
        turn: 'end',
        on: '2025-12-31',
      });
      expect(await opened.other.read.dailyRuns.listDue(entity, day, undefined, 9)).toEqual([]);
    },
  );

  test('members of one section and date are told apart by patron', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await insertParents(tx, 5);
      await insertRecords(tx, 'section', [newRecord.section(2)]);
      const ending = active('2026-03-02');
      await tx.members.insert(
        [
          ...[1, 2, 3].map((patronId) => newMember(1, patronId, ending)),
          newMember(2, 1, ending),
          newMember(2, 2, { ...ending, status: 'INACTIVE' }),
          newMember(2, 4, upcoming('2026-03-05')),
          newMember(2, 5, upcoming('2026-03-05')),
        ],
        byHand,
      );
    });
    const { dailyRuns } = opened.main.read;
    const found = await inPieces(2, (after, limit) => dailyRuns.listDue('member', day, after, limit));
    expect(found.map(({ id, patronId }) => [id, patronId])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
  });

  test('W3 a date is begun once; its statuses are stored with what became of each', async () => {
    await using opened = await open();
    const { main } = opened;
    await main.transact(async (tx) => {
      await insertParents(tx);
      await tx.members.insert([newMember(1, 1), newMember(1, 2)], byHand);
    });
    const ended = { from: 'ACTIVE', to: 'INACTIVE' } as const;
    const changes: StatusChange[] = [
      { entity: 'group', id: 1, patronId: null, ...ended },
      { entity: 'section', id: 1, patronId: null, from: 'UPCOMING', to: 'ACTIVE' },
      { entity: 'member', id: 1, patronId: 2, ...ended },
      { entity: 'authorization-set', id: 1, patronId: null, ...ended },
    ];
    const run = { day, at: 9, activated: 1, inactivated: 3, gaining: 1, losing: 2 };
    expect(await main.transact((tx) => tx.dailyRuns.begin(day, 5))).toBe(true);
    expect(await main.transact((tx) => tx.dailyRuns.begin(day, 6))).toBe(false);
    await main.transact(async (tx) => {
      await tx.dailyRuns.saveStatuses(day, changes);
      await tx.dailyRuns.end(run);
    });
    const { dailyRuns } = main.read;
    const { items, total } = await dailyRuns.listChanges(day, { page: 1, pageSize: 9 });
    expect(total).toBe(4);
    expect(items).toEqual(expect.arrayContaining(changes));
    expect(await statuses(main.read)).toEqual(['INACTIVE', 'ACTIVE', 'INACTIVE', 'ACTIVE', 'INACTIVE']);
    expect(await dailyRuns.find(day)).toEqual(run);
    expect(await dailyRuns.find('2026-03-03')).toBeUndefined();
    expect(await dailyRuns.listChangesByPatron(2)).toEqual([{ day, ...changes[2] }]);
    expect(await dailyRuns.listChangesByPatron(1)).toEqual([]);

    await main.transact((tx) => tx.dailyRuns.begin('2026-03-10', 7));
    const last = { day: '2026-03-10', at: 7, activated: 0, inactivated: 0, gaining: 0, losing: 0 };
    expect(await dailyRuns.findLast()).toEqual(last);
    expect(await dailyRuns.list(1, 5)).toEqual({ items: [last, run], total: 2 });
    expect(await opened.other.read.dailyRuns.findLast()).toBeUndefined();
    expect(await opened.other.transact((tx) => tx.dailyRuns.begin(day, 5))).toBe(true);
  });

  test('changes of one patron, and those of dates long past, are removed; the runs stay', async () => {
    await using opened = await open();
    const { main } = opened;
    const became = (patronId: number): StatusChange => ({
      entity: 'member',
      id: 1,
      patronId,
      from: 'UPCOMING',
      to: 'ACTIVE',
    });
    await main.transact(async (tx) => {
      for (const on of ['2026-03-01', day]) {
        await tx.dailyRuns.begin(on, 1);
        await tx.dailyRuns.saveStatuses(on, [became(1), became(2), became(3)]);
      }
    });
    const { dailyRuns } = main.read;
    const left = async (on: string) =>
      (await dailyRuns.listChanges(on, { page: 1, pageSize: 9 })).items.map(({ patronId }) => patronId);
    await main.transact((tx) => tx.dailyRuns.removeByPatron(2));
    expect([await left('2026-03-01'), await left(day)]).toEqual([
      [1, 3],
      [1, 3],
    ]);
    const purge = () => main.transact((tx) => tx.dailyRuns.purgeBefore(day, 1));
    expect([await purge(), await purge(), await purge()]).toEqual([1, 1, 0]);
    expect([await left('2026-03-01'), await left(day)]).toEqual([[], [1, 3]]);
    expect((await dailyRuns.list(1, 9)).total).toBe(2);
  });
});

/** Of the group, section and set with the number 1, and of both members. */
async function statuses(reader: TenantReader): Promise<(string | null | undefined)[]> {
  const records = [
    reader.records.group,
    reader.records.section,
    reader.records['authorization-set'],
  ] as const;
  const members = (await reader.members.mapBySection([1])).get(1)!;
  const [group, section, set] = await Promise.all(records.map((store) => store.findById(1)));
  return [group, section, set, ...members].map((one) => one?.status);
}
