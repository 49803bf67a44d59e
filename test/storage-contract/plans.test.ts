import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/domain/outcome.ts';
import { defaultThresholds } from '../../src/domain/guard/change-threshold.ts';
import type { HoldReason } from '../../src/domain/guard/hold-reasons.ts';
import type { PlanItem } from '../../src/ports/plans.ts';
import type { RunState } from '../../src/ports/runs.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { newPatron, runRequest, upTo } from '../support/records.ts';

const patron = (id: number | null) => ({ entity: 'patron', id, label: '' }) as const;
const item = (id: number | null, loses = false): PlanItem => ({ subject: patron(id), loses });
const page = { page: 1, pageSize: 50 };

async function newRun(
  store: TenantStore,
  more: Parameters<typeof runRequest>[0] = {},
  end: { state?: RunState; finishedAt?: number; heldFor?: HoldReason[] } = {},
): Promise<number> {
  return store.transact(async (tx) => {
    const id = await tx.runs.insert(runRequest(more), 1);
    await tx.runs.begin(id, 1);
    const nothing = { counts: noCounts(), subjects: 0, rowCount: 0, notes: [], summary: '', failure: null };
    await tx.runs.finish(id, 1, { ...nothing, state: 'applied', finishedAt: 10, ...end });
    return id;
  });
}

describe.each(engines)('plans on $name', ({ open }) => {
  test.each(['transact', 'bulkTransact'] as const)('parts kept by %s come back as they were', async (way) => {
    await using opened = await open();
    const { main, other } = opened;
    const run = await newRun(main);
    const created: PlanItem = {
      subject: patron(null),
      loses: false,
      records: [{ entity: 'patron', action: 'created', after: newPatron(1, { surname: 'Łęcka “ö”' }) }],
    };
    await main[way](async (tx) => {
      await tx.plans.insertPart(run, 0, [created, item(7, true), item(8)]);
      await tx.plans.insertPart(run, 1, [item(9)]);
    });
    const items = [item(7, true), created, item(8), item(9)];
    expect(await main.read.plans.list(run, page)).toEqual({ items, total: 4 });
    expect(await other.read.plans.list(run, page)).toEqual({ items: [], total: 0 });
    await main.transact((tx) => tx.plans.remove(run));
    expect(await main.read.plans.list(run, page)).toEqual({ items: [], total: 0 });
  });

  test('a patron that is erased leaves plans of rosters, and of groups as contact person', async () => {
    await using opened = await open();
    const { main } = opened;
    const run = await newRun(main);
    const roster = { subject: { entity: 'roster', id: 1, label: 's' }, loses: false } as const;
    const joins = (patronId: number) =>
      ({ entity: 'member', patronId, action: 'created', after: {} }) as const;
    const asked = (contactPerson: string) => ({ name: 'G', contactPerson, telephone: '1', contactNote: 'n' });
    const updated = { entity: 'group', action: 'updated' } as const;
    const group = { subject: { entity: 'group', id: 1, label: 'g' }, loses: false } as const;
    const left = [
      { ...roster, records: [joins(7)] },
      { ...group, records: [{ ...updated, before: { name: 'G' }, after: asked('Otto Other') }] },
    ];
    await main.transact(async (tx) => {
      await tx.plans.insertPart(run, 0, [
        { ...roster, records: [joins(5), joins(7)] },
        { ...roster, records: [joins(5)] },
        { ...group, records: [{ ...updated, before: asked('Anna Zak'), after: asked('Otto Other') }] },
      ]);
      await tx.plans.insertPart(run, 1, left);
      await tx.plans.removeByPatron(5, ['Anna Zak', 'anna']);
    });
    expect((await main.read.plans.list(run, page)).items).toEqual([...left, ...left]);
  });

  test('a part that was kept when there were patrons alone is read as one of today', async () => {
    await using opened = await open();
    const { main } = opened;
    const run = await newRun(main);
    // Kept as it comes, since it has records.
    const before = [
      { patronId: 7, loses: true, records: [] },
      { patronId: null, loses: false, records: [] },
    ] as unknown as PlanItem[];
    await main.transact((tx) => tx.plans.insertPart(run, 0, before));
    expect((await main.read.plans.list(run, page)).items).toEqual([
      { ...item(7, true), records: [] },
      { ...item(null), records: [] },
    ]);
  });

  test('pages go across parts, with all patrons or those alone that lose something', async () => {
    await using opened = await open();
    const { main } = opened;
    const run = await newRun(main);
    const items = upTo(25).map((id) => item(id, id % 4 === 0));
    await main.transact(async (tx) => {
      for (const part of [0, 1, 2, 3, 4]) {
        await tx.plans.insertPart(run, part, items.slice(part * 5, part * 5 + 5));
      }
    });
    const seen = async (filter: { page: number; pageSize: number; onlyLosing?: boolean }) => {
      const { items: some, total } = await main.read.plans.list(run, filter);
      return [some.map(({ subject }) => subject.id), total];
    };
    expect(await seen({ page: 2, pageSize: 4 })).toEqual([[5, 8, 6, 7], 25]);
    expect(await seen({ page: 3, pageSize: 10 })).toEqual([[24, 21, 22, 23, 25], 25]);
    expect(await seen({ page: 4, pageSize: 10 })).toEqual([[], 25]);
    expect(await seen({ page: 1, pageSize: 4, onlyLosing: true })).toEqual([[4, 8, 12, 16], 6]);
    expect(await seen({ page: 2, pageSize: 4, onlyLosing: true })).toEqual([[20, 24], 6]);
  });

  test('a patron is forgotten in every plan; one yet to be made by a key in whatever case', async () => {
    await using opened = await open();
    const { main } = opened;
    const [first, second] = [await newRun(main), await newRun(main)];
    const born = (username: string): PlanItem => ({
      ...item(null),
      records: [{ entity: 'patron', action: 'created', after: newPatron(0, { username, barcode: 'B1' }) }],
    });
    await main.transact(async (tx) => {
      await tx.plans.insertPart(first, 0, [item(1, true), item(2)]);
      await tx.plans.insertPart(second, 0, [born('Anna'), born('ben'), item(1)]);
    });
    await main.transact((tx) => tx.plans.removeByPatron(1, ['aNNa', 'Ann']));
    expect(await main.read.plans.list(first, page)).toEqual({ items: [item(2)], total: 1 });
    expect(await main.read.plans.list(first, { ...page, onlyLosing: true })).toMatchObject({ total: 0 });
    expect(await main.read.plans.list(second, page)).toEqual({ items: [born('ben')], total: 1 });
    await main.transact((tx) => tx.plans.removeByPatron(3, ['b1']));
    expect(await main.read.plans.list(second, page)).toEqual({ items: [], total: 0 });
  });

  test('old plans go, some parts at a time; those of held runs stay', async () => {
    await using opened = await open();
    const { main } = opened;
    const [old, held, recent] = [
      await newRun(main),
      await newRun(main, {}, { state: 'held' }),
      await newRun(main, {}, { finishedAt: 20 }),
    ];
    await main.transact(async (tx) => {
      for (const run of [old, held, recent]) {
        for (const part of [0, 1, 2]) await tx.plans.insertPart(run, part, [item(part)]);
      }
    });
    const purge = () => main.transact((tx) => tx.plans.purgeBefore(20, 2));
    expect([await purge(), await purge(), await purge()]).toEqual([2, 1, 0]);
    const totals = [old, held, recent].map(async (run) => (await main.read.plans.list(run, page)).total);
    expect(await Promise.all(totals)).toEqual([0, 3, 3]);
  });

  test('why a run was held stays with it, and tells which undos were let pass', async () => {
    await using opened = await open();
    const { main } = opened;
    const none = { count: null, of: null, threshold: null, undone: null };
    const [first, second] = [await newRun(main), await newRun(main)];
    const [undoFirst, undoSecond] = [
      await newRun(main, { mode: 'undo', undoes: first }),
      await newRun(main, { mode: 'undo', undoes: second }),
    ];
    const open_ = async () => (await main.read.runs.listOpenUndos(['contacts'])).map(({ id }) => id);
    expect(await open_()).toEqual([undoSecond, undoFirst]);
    const heldFor: HoldReason[] = [{ ...none, code: 'redoes-undone', undone: first, count: 3 }];
    const dry = await newRun(main, { dryRun: true }, { heldFor });
    await newRun(main, {}, { heldFor, state: 'held' });
    expect(await open_()).toEqual([undoSecond, undoFirst]);
    expect((await main.read.runs.findById(dry))?.heldFor).toEqual(heldFor);

    const again = await newRun(main, {}, { heldFor });
    expect(await open_()).toEqual([undoSecond]);
    // Taken back as well, it has let nothing pass.
    await main.transact((tx) => tx.runs.markUndone(again, 99));
    expect(await open_()).toEqual([undoSecond, undoFirst]);
    expect(await main.read.runs.listOpenUndos(['patrons'])).toEqual([]);
    expect(await opened.other.read.runs.listOpenUndos(['contacts'])).toEqual([]);
  });

  test('thresholds that were never chosen have their defaults beside those that were', async () => {
    await using opened = await open();
    const { main } = opened;
    const chosen = { patronsInactivated: null } as never;
    await main.transact((tx) => tx.settings.save({ changeThresholds: chosen }));
    expect((await main.read.settings.get()).changeThresholds).toEqual({
      ...defaultThresholds,
      patronsInactivated: null,
    });
  });
});
