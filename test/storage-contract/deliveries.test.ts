import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/domain/outcome.ts';
import type { RunState } from '../../src/ports/runs.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { runRequest } from '../support/records.ts';

function delivered(store: TenantStore, chunks: readonly Uint8Array[], receivedAt = 5): Promise<number> {
  return store.transact(async (tx) => {
    const delivery = { sha256: 'ab', sizeBytes: 9, fileName: '../ü "x".csv', receivedAt };
    const id = await tx.deliveries.insert(delivery);
    for (const [part, chunk] of chunks.entries()) await tx.deliveries.insertChunk(id, part, chunk);
    return id;
  });
}

async function runOf(store: TenantStore, deliveryId: number, state: RunState): Promise<void> {
  await store.transact(async (tx) => {
    const id = await tx.runs.insert(runRequest({ deliveryId }), 1);
    if (state === 'received') return;
    const attempt = await tx.runs.begin(id, 1);
    if (state === 'running' || attempt === false) return;
    const end = { counts: noCounts(), subjects: 0, rowCount: 0, notes: [], summary: '', failure: null };
    await tx.runs.finish(id, attempt, { ...end, state, finishedAt: 2 });
  });
}

const bytesOf = async (store: TenantStore, id: number, part: number) => {
  const bytes = await store.read.deliveries.readChunk(id, part);
  return bytes && Buffer.from(bytes);
};

describe.each(engines)('deliveries on $name', ({ open }) => {
  test('a delivery and its bytes are given back as they came, whatever bytes they are', async () => {
    await using opened = await open();
    const chunks = [randomBytes(1024 * 1024), Buffer.alloc(1024 * 1024, 'username;'), Buffer.from([0, 255])];
    const id = await delivered(opened.main, chunks);
    expect(await opened.main.read.deliveries.findById(id)).toEqual({
      id,
      sha256: 'ab',
      sizeBytes: 9,
      fileName: '../ü "x".csv',
      receivedAt: 5,
      purgedAt: null,
    });
    for (const [part, chunk] of chunks.entries()) {
      expect((await bytesOf(opened.main, id, part))?.equals(chunk)).toBe(true);
    }
    expect(await bytesOf(opened.main, id, 3)).toBeUndefined();
    expect(await opened.other.read.deliveries.findById(id)).toBeUndefined();
    expect(await bytesOf(opened.other, id, 0)).toBeUndefined();
  });

  test('a delivery may be empty', async () => {
    await using opened = await open();
    const none = await delivered(opened.main, []);
    expect(await bytesOf(opened.main, none, 0)).toBeUndefined();
    const blank = await delivered(opened.main, [Buffer.alloc(0)]);
    expect((await bytesOf(opened.main, blank, 0))?.length).toBe(0);
  });

  test('the old are purged a piece at a time, but not what an unfinished or held run needs', async () => {
    await using opened = await open();
    const { main, other } = opened;
    const states = ['received', 'running', 'held', 'applied', 'failed', 'discarded'] as const;
    const ids = [];
    for (const state of states) {
      const id = await delivered(main, [Buffer.from(state)]);
      await runOf(main, id, state);
      ids.push(id);
    }
    const young = await delivered(main, [Buffer.from('young')], 100);
    const foreign = await delivered(other, [Buffer.from('foreign')]);
    const purge = () => main.transact((tx) => tx.deliveries.purgeBefore(100, 500, 2));
    expect([await purge(), await purge(), await purge()]).toEqual([2, 1, 0]);
    const kept = [];
    for (const id of ids) kept.push((await bytesOf(main, id, 0))?.toString());
    expect(kept).toEqual(['received', 'running', 'held', undefined, undefined, undefined]);
    expect((await main.read.deliveries.findById(ids[3]!))?.purgedAt).toBe(500);
    expect((await main.read.deliveries.findById(ids[0]!))?.purgedAt).toBeNull();
    expect(await bytesOf(main, young, 0)).toBeDefined();
    expect(await bytesOf(other, foreign, 0)).toBeDefined();
  });
});
