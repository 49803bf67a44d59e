import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/domain/outcome.ts';
import type { RunRow } from '../../src/ports/run-rows.ts';
import type { Run, RunEnd } from '../../src/ports/runs.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines, instant } from '../support/engines.ts';
import { runRequest, upTo } from '../support/records.ts';

const end: RunEnd = {
  state: 'applied',
  counts: { ...noCounts(), created: 2, failed: 1 },
  subjects: 2,
  rowCount: 3,
  notes: [{ code: 'column-ignored', column: 'x' }],
  summary: 'done',
  finishedAt: 30,
  failure: null,
};

const received = (store: TenantStore, more: Parameters<typeof runRequest>[0] = {}) =>
  store.transact((tx) => tx.runs.insert(runRequest(more), 10));
const begun = (store: TenantStore, id: number) => store.transact((tx) => tx.runs.begin(id, 20));
const finished = (store: TenantStore, id: number, attempt: number, more: Partial<RunEnd> = {}) =>
  store.transact((tx) => tx.runs.finish(id, attempt, { ...end, ...more }));

async function delivered(store: TenantStore, sha256: string): Promise<number> {
  const delivery = { sha256, sizeBytes: 1, fileName: 'a.csv', receivedAt: instant };
  return store.transact((tx) => tx.deliveries.insert(delivery));
}

describe.each(engines)('runs on $name', ({ open }) => {
  test('a run is given back as it was received, begun and finished', async () => {
    await using opened = await open();
    const { main } = opened;
    const request = runRequest({ options: { key: 'barcode' }, dryRun: true, sender: 'ü:x', undoes: 4 });
    const id = await main.transact((tx) => tx.runs.insert(request, 10));
    const run: Run = {
      ...request,
      id,
      state: 'received',
      counts: noCounts(),
      subjects: 0,
      rowCount: 0,
      notes: [],
      files: [],
      summary: '',
      receivedAt: 10,
      startedAt: null,
      finishedAt: null,
      failure: null,
      undoneBy: null,
      heldFor: [],
      consequences: null,
      approvedBy: null,
      attempt: 0,
    };
    expect(await main.read.runs.findById(id)).toEqual(run);
    expect(await begun(main, id)).toBe(1);
    expect(await main.read.runs.findById(id)).toEqual({
      ...run,
      state: 'running',
      attempt: 1,
      startedAt: 20,
    });
    const failure = { code: 'gone', detail: 'no' };
    expect(await finished(main, id, 1, { failure })).toBe(true);
    expect(await main.read.runs.findById(id)).toEqual({ ...run, ...end, failure, attempt: 1, startedAt: 20 });
    expect(await main.read.runs.findById(id + 1)).toBeUndefined();
    expect(await opened.other.read.runs.findById(id)).toBeUndefined();
  });

  test('whoever was taken over cannot end the run, nor anybody twice', async () => {
    await using opened = await open();
    const id = await received(opened.main);
    expect(await begun(opened.main, id)).toBe(1);
    expect(await begun(opened.main, id)).toBe(2);
    expect(await finished(opened.main, id, 1)).toBe(false);
    expect(await opened.main.read.runs.findById(id)).toMatchObject({ state: 'running', summary: '' });
    expect(await finished(opened.other, id, 2)).toBe(false);
    expect(await finished(opened.main, id, 2)).toBe(true);
    expect(await finished(opened.main, id, 2, { summary: 'again' })).toBe(false);
    expect(await begun(opened.main, id)).toBe(false);
    expect((await opened.main.read.runs.findById(id))?.summary).toBe('done');
  });

  test('a run that could not even be begun can be ended', async () => {
    await using opened = await open();
    const id = await received(opened.main);
    expect(await finished(opened.main, id, 0, { state: 'failed' })).toBe(true);
    expect(await opened.main.read.runs.listUnfinished()).toEqual([]);
  });

  test('lists are newest first, by state and kind, with a total; unfinished ones oldest first', async () => {
    await using opened = await open();
    const { main } = opened;
    for (const kind of ['contacts', 'patrons', 'contacts', 'contacts'] as const)
      await received(main, { kind });
    await begun(main, 2);
    await begun(main, 3);
    await finished(main, 3, 1);
    const ids = async (filter: Parameters<typeof main.read.runs.list>[0]) => {
      const { items, total } = await main.read.runs.list(filter);
      return [items.map(({ id }) => id), total];
    };
    expect(await ids({ page: 1, pageSize: 3 })).toEqual([[4, 3, 2], 4]);
    expect(await ids({ page: 2, pageSize: 3 })).toEqual([[1], 4]);
    expect(await ids({ kind: 'contacts', state: 'received', page: 1, pageSize: 3 })).toEqual([[4, 1], 2]);
    expect((await main.read.runs.listUnfinished()).map(({ id }) => id)).toEqual([1, 2, 4]);
    expect(await opened.other.read.runs.listUnfinished()).toEqual([]);
  });

  test('S10 the same bytes, sender, kind, mode and options are found while in flight, and nothing else', async () => {
    await using opened = await open();
    const { main } = opened;
    const deliveryId = await delivered(main, 'aa');
    const request = runRequest({ deliveryId, options: { key: 'username' } });
    const id = await main.transact((tx) => tx.runs.insert(request, 10));
    const { runs } = main.read;
    expect((await runs.findInFlight(request, 'aa'))?.id).toBe(id);
    await begun(main, id);
    expect((await runs.findInFlight(request, 'aa'))?.id).toBe(id);
    for (const differing of [
      { kind: 'patrons' as const },
      { mode: 'addOrUpdate' },
      { sender: 'another' },
      { options: { key: 'barcode' } },
      { dryRun: true },
    ]) {
      expect(await runs.findInFlight({ ...request, ...differing }, 'aa')).toBeUndefined();
    }
    expect(await runs.findInFlight(request, 'bb')).toBeUndefined();
    expect(await opened.other.read.runs.findInFlight(request, 'aa')).toBeUndefined();
    await finished(main, id, 1);
    expect(await runs.findInFlight(request, 'aa')).toBeUndefined();
  });

  test('S10 a held run is approved or discarded once; a newer file of kind and sender discards it', async () => {
    await using opened = await open();
    const { main } = opened;
    const held = async (more: Parameters<typeof runRequest>[0] = {}) => {
      const id = await received(main, more);
      await begun(main, id);
      await finished(main, id, 1, { state: 'held' });
      return id;
    };
    const approved = await held();
    expect(await main.transact((tx) => tx.runs.approve(approved, 'anna'))).toBe(true);
    expect(await main.transact((tx) => tx.runs.approve(approved, 'anna'))).toBe(false);
    expect(await main.transact((tx) => tx.runs.discard(approved, 40))).toBe(false);
    expect(await main.read.runs.findById(approved)).toMatchObject({
      state: 'received',
      approvedBy: 'anna',
      finishedAt: null,
    });
    const discarded = await held();
    expect(await opened.other.transact((tx) => tx.runs.discard(discarded, 40))).toBe(false);
    expect(await main.transact((tx) => tx.runs.discard(discarded, 40))).toBe(true);
    expect(await main.read.runs.findById(discarded)).toMatchObject({ state: 'discarded', finishedAt: 40 });

    const replaced = await held();
    const others = [await held({ kind: 'patrons' }), await held({ sender: 'another' })];
    await main.transact((tx) => tx.runs.discardHeld('contacts', 'autoimport', 50));
    expect((await main.read.runs.findById(replaced))?.state).toBe('discarded');
    for (const id of others) expect((await main.read.runs.findById(id))?.state).toBe('held');
  });

  test('an undone run says so', async () => {
    await using opened = await open();
    const id = await received(opened.main);
    await opened.main.transact((tx) => tx.runs.markUndone(id, 9));
    expect(await opened.main.read.runs.findById(id)).toMatchObject({ state: 'undone', undoneBy: 9 });
  });

  const row = (number: number, more: Partial<RunRow> = {}): RunRow => ({
    file: 0,
    row: number,
    outcome: 'updated',
    note: null,
    patronId: null,
    ...more,
  });

  test('row results are given back in row order, several of a row in the order they were given', async () => {
    await using opened = await open();
    const { main } = opened;
    const id = await received(main);
    const rows = [
      row(2, { patronId: 7 }),
      row(3, {
        outcome: 'failed',
        note: { code: 'type-invalid', column: 'Type', value: 'X', suggestion: 'Y' },
      }),
      row(3, { outcome: 'failed', note: { code: 'role-invalid' } }),
      row(9, { note: { code: 'contact-blank', value: '' } }),
    ];
    await main.transact(async (tx) => {
      await tx.runRows.insert(id, rows.slice(3));
      await tx.runRows.insert(id, rows.slice(0, 3));
      await tx.runRows.insert(id, []);
    });
    const { runRows } = main.read;
    expect(await runRows.list(id, { page: 1, pageSize: 9 })).toEqual({ items: rows, total: 4 });
    expect(await runRows.list(id, { page: 2, pageSize: 3 })).toEqual({ items: rows.slice(3), total: 4 });
    expect(await runRows.list(id, { outcome: 'failed', page: 1, pageSize: 1 })).toEqual({
      items: [rows[1]],
      total: 2,
    });
    const after = await runRows.listAfter(id, { file: 0, row: 3, seq: 0 }, 9);
    expect(after).toEqual([
      { ...rows[2], seq: 1 },
      { ...rows[3], seq: 0 },
    ]);
    expect(await runRows.listAfter(id, { file: 0, row: 0, seq: 0 }, 1, 'failed')).toEqual([
      { ...rows[1], seq: 0 },
    ]);
    expect(await opened.other.read.runRows.list(id, { page: 1, pageSize: 9 })).toEqual({
      items: [],
      total: 0,
    });
  });

  test.each([0, 1, 24, 25, 26, 1000])('%i row results at once', async (count) => {
    await using opened = await open();
    const id = await received(opened.main);
    await opened.main.transact((tx) =>
      tx.runRows.insert(
        id,
        upTo(count).map((number) => row(number)),
      ),
    );
    expect((await opened.main.read.runRows.list(id, { page: 1, pageSize: 1 })).total).toBe(count);
  });

  test('a patron is forgotten in the results of others too', async () => {
    await using opened = await open();
    const id = await received(opened.main);
    const clash = (value: string, suggestion: string) =>
      row(2, { patronId: 2, note: { code: 'key-clash', value, suggestion } });
    await opened.main.transact((tx) =>
      tx.runRows.insert(id, [row(1, { patronId: 1 }), clash('B7', 'Username ŁUKASZ'), clash('B70', 'p7')]),
    );
    await opened.main.transact((tx) => tx.runRows.removeByPatron(1, ['b7', 'username ŁUKASZ', 'P7', '']));
    const { items } = await opened.main.read.runRows.list(id, { page: 1, pageSize: 9 });
    expect(items.map(({ note }) => note)).toEqual([
      expect.not.objectContaining({ value: 'B7' }),
      { code: 'key-clash', value: 'B70' },
    ]);
  });

  test('a patron who had very many contacts is forgotten as well', async () => {
    await using opened = await open();
    const id = await received(opened.main);
    const note = { code: 'email-invalid', value: 'last@x' } as const;
    await opened.main.transact((tx) => tx.runRows.insert(id, [row(1, { note })]));
    const texts = [...upTo(40_000).map((number) => `c${number}@x`), 'last@x'];
    await opened.main.transact((tx) => tx.runRows.removeByPatron(1, texts));
    const { items } = await opened.main.read.runRows.list(id, { page: 1, pageSize: 9 });
    expect(items).toMatchObject([{ note: { code: 'email-invalid' } }]);
    expect(items[0]!.note).not.toHaveProperty('value');
  });

  test('row results go by run, by patron, and with age while their run stays', async () => {
    await using opened = await open();
    const { main } = opened;
    const total = async (id: number) => (await main.read.runRows.list(id, { page: 1, pageSize: 1 })).total;
    const [first, second, held] = [await received(main), await received(main), await received(main)];
    for (const id of [first, second, held]) {
      await main.transact((tx) => tx.runRows.insert(id, [row(2, { patronId: 1 }), row(3, { patronId: 2 })]));
      await begun(main, id);
    }
    await finished(main, first, 1, { finishedAt: 100 });
    await finished(main, second, 1, { finishedAt: 200 });
    await finished(main, held, 1, { finishedAt: 100, state: 'held' });
    await main.transact((tx) => tx.runRows.removeByPatron(1, []));
    expect([await total(first), await total(second)]).toEqual([1, 1]);
    const purge = () => main.transact((tx) => tx.runRows.purgeBefore(150, 10));
    expect([await purge(), await purge()]).toEqual([1, 0]);
    expect([await total(first), await total(second), await total(held)]).toEqual([0, 1, 1]);
    await main.transact((tx) => tx.runRows.remove(second));
    expect(await total(second)).toBe(0);
    expect((await main.read.runs.findById(first))?.state).toBe('applied');
  });
});
