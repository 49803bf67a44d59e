import { expect, test } from 'vitest';
import { PurgeJob, purgeTenant } from '../../src/jobs/purge.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const dayMs = 24 * 60 * 60_000;
const actor = { name: 'head', channel: 'api' } as const;

async function rowCount(engine: TestEngine, runId: number): Promise<number | null> {
  return (await engine.store.read.runRows.list(runId, { page: 1, pageSize: 1 })).total;
}

async function isPurged(engine: TestEngine, runId: number): Promise<boolean> {
  const run = await engine.store.read.runs.findById(runId);
  const delivery = await engine.store.read.deliveries.findById(run!.deliveryId!);
  const chunk = await engine.store.read.deliveries.readChunk(delivery!.id, 0);
  expect(chunk === undefined).toBe(delivery!.purgedAt !== null);
  return chunk === undefined;
}

test('bytes and row results go after deliveryRetentionDays, the run and its counts stay', async () => {
  await using engine = await openEngine();
  const many = Array.from({ length: 5_200 }, (_, index) => `u${index}`).join('\n');
  const old = await engine.importCsv(`username\n${many}\n`, { kind: 'patrons' });
  engine.clock.time += 10 * dayMs;
  const recent = await engine.importCsv('username\nanna\n', { kind: 'patrons' });

  // 14 days to the millisecond are still kept.
  engine.clock.time += 4 * dayMs;
  expect(await purgeTenant(engine.store, engine.clock.now())).toEqual({
    deliveries: 0,
    rows: 0,
    plans: 0,
    changes: 0,
    turns: 0,
  });
  engine.clock.time += 1;
  expect(await purgeTenant(engine.store, engine.clock.now())).toEqual({
    deliveries: 1,
    rows: 5_200,
    // Only which patrons were made: what each became is told by the records.
    plans: 2,
    changes: 0,
    turns: 0,
  });
  expect([await isPurged(engine, old.id), await rowCount(engine, old.id)]).toEqual([true, 0]);
  expect([await isPurged(engine, recent.id), await rowCount(engine, recent.id)]).toEqual([false, 1]);
  expect(await engine.store.read.runs.findById(old.id)).toMatchObject({
    state: 'applied',
    counts: { created: 5_200 },
  });
});

test('the retention is the tenant’s own', async () => {
  await using engine = await openEngine();
  const run = await engine.importCsv('username\nanna\n', { kind: 'patrons' });
  await engine.store.transact((tx) => tx.settings.save({ deliveryRetentionDays: 2 }));
  engine.clock.time += 2 * dayMs + 1;
  await purgeTenant(engine.store, engine.clock.now());
  expect(await isPurged(engine, run.id)).toBe(true);
});

test('what a waiting or held run needs stays until it has ended', async () => {
  await using engine = await openEngine();
  await engine.importCsv('username\nanna\nben\n', { kind: 'patrons' });
  await engine.importCsv('username,type,contact\nben,PHONE,2\n');
  const held = await engine.importCsv('username,type,contact\nanna,PHONE,1\n', { mode: 'replaceAllPatrons' });
  const waiting = await engine.receive('username,type,contact\nanna,PHONE,7\n', { sender: 'other' });
  engine.clock.time += 100 * dayMs;
  await purgeTenant(engine.store, engine.clock.now());
  expect(await isPurged(engine, held.id)).toBe(false);
  expect(await rowCount(engine, held.id)).toBe(1);
  expect(await isPurged(engine, waiting)).toBe(false);

  await approveRun(engine.store, held.id, actor, engine.clock.now());
  expect(await engine.perform(held.id)).toMatchObject({ state: 'applied' });
  expect(await engine.perform(waiting)).toMatchObject({ state: 'applied' });
  engine.clock.time += 15 * dayMs;
  await purgeTenant(engine.store, engine.clock.now());
  expect(await isPurged(engine, held.id)).toBe(true);
});

test('the journal goes after journalRetentionDays; a run it held can then no longer be undone', async () => {
  await using engine = await openEngine();
  await engine.importCsv('username,surname\nanna,Old\n', { kind: 'patrons' });
  const first = await engine.importCsv('username,surname\nanna,New\n', { kind: 'patrons' });
  engine.clock.time += 300 * dayMs;
  const second = await engine.importCsv('username,surname\nanna,Newer\n', { kind: 'patrons' });
  const anna = await engine.store.read.patrons.findByKey('username', 'anna');

  engine.clock.time += 101 * dayMs;
  expect(await purgeTenant(engine.store, engine.clock.now())).toMatchObject({ changes: 1 });
  expect(await engine.store.read.changes.listByPatron(anna!.id, 1, 10)).toMatchObject([{ runId: second.id }]);
  await expect(requestUndo(engine.store, first.id, 'head', 'api', 0)).rejects.toMatchObject({ code: 'gone' });
  await engine.perform(await requestUndo(engine.store, second.id, 'head', 'api', 0));
  expect(await engine.store.read.patrons.findById(anna!.id)).toMatchObject({ surname: 'New' });
});

test('an undo that waits its turn finds the journal whole', async () => {
  await using engine = await openEngine();
  await engine.importCsv('username,surname\nanna,Old\n', { kind: 'patrons' });
  const run = await engine.importCsv('username,surname\nanna,New\n', { kind: 'patrons' });
  engine.clock.time += 399 * dayMs;
  const undo = await requestUndo(engine.store, run.id, 'head', 'api', engine.clock.now());
  engine.clock.time += 2 * dayMs;
  expect(await purgeTenant(engine.store, engine.clock.now())).toMatchObject({ changes: 0 });
  await engine.perform(undo);
  expect(await engine.store.read.patrons.findByKey('username', 'anna')).toMatchObject({ surname: 'Old' });
});

test('the job purges every tenant, and trouble in one leaves the others alone', async () => {
  await using engine = await openEngine();
  const { storage, clock } = engine;
  await storage.createTenant({ slug: 'annex', name: 'Annex', zone: 'Europe/London' }, []);
  const run = await engine.importCsv('username\nanna\n', { kind: 'patrons' });
  clock.time += 15 * dayMs;
  const purged: unknown[] = [];
  const trouble: string[] = [];
  await using job = new PurgeJob({
    storage: {
      ...storage,
      system: storage.system,
      tenant: (slug) => (slug === 'annex' ? Promise.reject(new Error('broken')) : storage.tenant(slug)),
    },
    clock,
    onPurged: (tenant, what) => purged.push({ tenant, ...what }),
    onTrouble: (_error, tenant) => trouble.push(tenant),
  });
  await job.purge();
  expect(trouble).toEqual(['annex']);
  expect(purged).toEqual([{ tenant: 'main', deliveries: 1, rows: 1, plans: 1, changes: 0, turns: 0 }]);
  expect(await isPurged(engine, run.id)).toBe(true);
});

test('codes, sessions and old keys of API clients go when their time is over', async () => {
  await using engine = await openEngine();
  const { storage, clock } = engine;
  const now = clock.time;
  const { id } = await storage.clients.insert(1, 'sync', { keyHash: 'k1', secretHash: 's1' }, now);
  await storage.clients.rotate(1, id, { keyHash: 'k2', secretHash: 's2' }, now, now + 5);
  await storage.sessions.saveCode('c', 'k2', now, now + 5);
  const live = { tokenHash: 't1', renewHash: 'r1', expiresAt: now + 100 };
  await storage.sessions.begin('k2', live, now);
  await storage.sessions.begin('k2', { tokenHash: 't2', renewHash: 'r2', expiresAt: now + 5 }, now);
  const purged: object[] = [];
  await using job = new PurgeJob({
    storage,
    clock,
    onPurged: (tenant, what) => purged.push({ tenant, ...what }),
    onTrouble: (error) => {
      throw error;
    },
  });
  await job.purge();
  expect(purged).toEqual([]);
  clock.time += 5;
  await job.purge();
  expect(purged).toEqual([{ tenant: '', sessions: 3 }]);
  expect(await storage.sessions.find('t1', clock.time)).toBeDefined();
});
