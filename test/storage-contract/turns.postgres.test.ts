import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { asAdmin, makeDatabase, type TestDatabase } from '../support/postgres-databases.ts';
import { insertPatrons, newPatron, upTo } from '../support/records.ts';
import { hold, untilWaiting } from '../support/writer-turns.ts';

/** A storage as each process has one, with tenants of those names on the database. */
async function openProcess(
  { url }: TestDatabase,
  slugs: readonly string[],
  writes = 6,
): Promise<{ stores: TenantStore[] } & AsyncDisposable> {
  const storage = await PostgresStorage.open({
    url,
    dataDir: '',
    clock: { now: () => 0 },
    poolSizes: { shared: 1, reads: 1, searches: 1, snapshots: 1, writes },
  });
  const stores: TenantStore[] = [];
  for (const slug of slugs) {
    if (!(await storage.system.findTenant(slug)))
      await storage.createTenant({ slug, name: slug, zone: 'UTC' }, []);
    stores.push(await storage.tenant(slug));
  }
  return { stores, [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose]() };
}

test('writes of one process get their turns among a long line of another one’s, and each sees what was written before it', async () => {
  await using database = await makeDatabase();
  await using first = await openProcess(database, ['main']);
  await using second = await openProcess(database, ['main']);
  const order: string[] = [];
  const writeOn = ({ stores: [store] }: typeof first, name: string) =>
    store!.transact(async (tx) => {
      const id = (await tx.patrons.count()) + 1;
      await tx.patrons.insert([newPatron(id)], { createdRun: null, createdAt: 0 });
      order.push(name);
    });
  const release = await hold(first.stores[0]!);
  const long = upTo(200).map(() => writeOn(first, 'first'));
  const short = upTo(10).map(() => writeOn(second, 'second'));
  await untilWaiting(database.adminUrl, 1);
  await release();
  await Promise.all([...long, ...short]);
  expect(order.indexOf('second')).toBeLessThan(10);
  expect(order.lastIndexOf('second')).toBeLessThan(100);
  expect(await first.stores[0]!.read.patrons.count()).toBe(210);
});

test('however many tenants wait for somebody else’s writes, another one’s need not, and all have their turn in the end', async () => {
  await using database = await makeDatabase();
  const slugs = upTo(6).map((n) => `held-${n}`);
  await using others = await openProcess(database, slugs);
  await using own = await openProcess(database, [...slugs, 'free'], 4);
  const releases = await Promise.all(others.stores.map(hold));
  let ended = 0;
  const waiting = own.stores
    .slice(0, 6)
    .map((store) => insertPatrons(store, [newPatron(1)]).finally(() => ended++));
  await untilWaiting(database.adminUrl, 2);
  const free = own.stores.at(-1)!;
  for (const id of upTo(20)) await insertPatrons(free, [newPatron(id)]);
  expect(ended).toBe(0);
  for (const release of releases) await release();
  await Promise.all(waiting);
  for (const store of own.stores.slice(0, 6)) expect(await store.read.patrons.count()).toBe(1);
});

test('a wait that the server gave up, as where statements may take no longer, is begun anew', async () => {
  await using database = await makeDatabase();
  await using first = await openProcess(database, ['main']);
  await using second = await openProcess(database, ['main']);
  const release = await hold(first.stores[0]!);
  let ended = false;
  const waiting = insertPatrons(second.stores[0]!, [newPatron(1)]).finally(() => (ended = true));
  await cancelWaits(database, 3);
  expect(ended).toBe(false);
  await release();
  await waiting;
  expect(await second.stores[0]!.read.patrons.count()).toBe(1);
});

/** Gives up so many waits for the lock of a tenant, one after the other, as statement_timeout does. */
async function cancelWaits({ adminUrl }: TestDatabase, count: number): Promise<void> {
  await asAdmin(async (client) => {
    for (const known = new Set<string>(); known.size < count; await nextTurn()) {
      const { rows } = await client.query<{ began: string }>(
        `select waitstart::text as began, pg_cancel_backend(pid) from pg_locks
         where locktype = 'advisory' and not granted and waitstart is not null and waitstart::text <> all ($1)
         and database = (select oid from pg_database where datname = current_database())`,
        [[...known]],
      );
      for (const { began } of rows) known.add(began);
    }
  }, adminUrl);
}
