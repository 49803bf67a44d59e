import { describe, expect, test } from 'vitest';
import type { MusterError } from '../../src/domain/errors.ts';
import type { LeaseHolder, SystemStore } from '../../src/ports/system-store.ts';
import { engines, instant } from '../support/engines.ts';

const expiryMs = 10_000;
const holder = (name: string): LeaseHolder => ({ holder: name, host: 'school', pid: 7 });
const nobodyDead = () => false;

function acquire(
  system: SystemStore,
  name: string,
  at = 0,
  isDead: (by: LeaseHolder) => boolean = nobodyDead,
) {
  return system.acquireLease(1, 'imports', holder(name), instant + at, expiryMs, isDead);
}

const conflict = expect.objectContaining({ code: 'conflict' }) as MusterError;

describe.each(engines)('tenants on $name', ({ open }) => {
  test('a tenant is found by slug and by host in lower case', async () => {
    await using opened = await open();
    const { storage } = opened;
    const made = await storage.createTenant({ slug: 'north', name: 'Nörth', zone: 'Asia/Tokyo' }, [
      'North.Example',
      'n.example',
      'NORTH.example',
    ]);
    expect(made).toEqual({ id: 3, slug: 'north', name: 'Nörth', zone: 'Asia/Tokyo' });
    const { system } = storage;
    expect(await system.findTenant('north')).toEqual(made);
    expect(await system.findTenantByHost('NORTH.EXAMPLE')).toEqual(made);
    expect(await system.findTenantByHost('south.example')).toBeUndefined();
    expect((await system.findTenantByHost('south.example', 'main'))?.slug).toBe('main');
    expect(await system.findTenantByHost('north.example', 'main')).toEqual(made);
    expect(await system.findTenant('south')).toBeUndefined();
    expect(await system.listHosts(3)).toEqual(['n.example', 'north.example']);
    expect((await system.listTenants()).map(({ slug }) => slug)).toEqual(['main', 'north', 'other']);
  });

  test('a slug and a host are taken once, and what is refused leaves nothing behind', async () => {
    await using opened = await open();
    const { storage } = opened;
    const north = { slug: 'north', name: 'North', zone: 'UTC' };
    await storage.createTenant(north, ['n.example']);
    await expect(storage.createTenant(north, [])).rejects.toEqual(conflict);
    await expect(
      storage.createTenant({ ...north, slug: 'south' }, ['s.example', 'n.example']),
    ).rejects.toEqual(conflict);
    expect(await storage.system.findTenant('south')).toBeUndefined();
    expect(await storage.system.findTenantByHost('s.example')).toBeUndefined();
    await expect(storage.system.updateTenant('main', { name: 'x', hosts: ['n.example'] })).rejects.toEqual(
      conflict,
    );
    expect((await storage.system.findTenant('main'))?.name).toBe('Main');
  });

  test.each(['', '../up', 'Main', 'a b', '-a', 'a'.repeat(64), 'a/b'])(
    '%j cannot name a tenant',
    async (slug) => {
      await using opened = await open();
      await expect(opened.storage.createTenant({ slug, name: 'x', zone: 'UTC' }, [])).rejects.toMatchObject({
        code: 'bad-request',
      });
    },
  );

  test('a change of zone, name and hosts is seen at once, by other processes too', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    await elsewhere.tenant('main');
    const changed = await opened.storage.system.updateTenant('main', {
      zone: 'Europe/Oslo',
      hosts: ['a.example', 'b.example'],
    });
    expect(changed).toEqual({ id: 1, slug: 'main', name: 'Main', zone: 'Europe/Oslo' });
    await opened.storage.system.updateTenant('main', { hosts: ['b.example'] });
    for (const storage of [opened.storage, elsewhere]) {
      expect((await storage.tenant('main')).tenant.zone).toBe('Europe/Oslo');
      expect(await storage.system.listHosts(1)).toEqual(['b.example']);
    }
    await expect(opened.storage.system.updateTenant('none', {})).rejects.toMatchObject({ code: 'not-found' });
    await expect(opened.storage.tenant('none')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('storage that is well has no problem', async () => {
    await using opened = await open();
    expect(await opened.storage.problem()).toBeUndefined();
  });
});

describe.each(engines)('leases on $name', ({ open }) => {
  test('a free lease is taken, and its holder may take it again', async () => {
    await using opened = await open();
    const { system } = opened.storage;
    expect(await acquire(system, 'a')).toBe(true);
    expect(await acquire(system, 'a', 5)).toBe(true);
  });

  test('a held lease is refused to others, another tenant’s and another name’s are free', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    expect(await acquire(opened.storage.system, 'a')).toBe(true);
    expect(await acquire(elsewhere.system, 'b', expiryMs - 1)).toBe(false);
    const free = [
      elsewhere.system.acquireLease(2, 'imports', holder('b'), instant, expiryMs, nobodyDead),
      elsewhere.system.acquireLease(1, 'daily-run', holder('b'), instant, expiryMs, nobodyDead),
    ];
    expect(await Promise.all(free)).toEqual([true, true]);
  });

  test('of two that ask at once one gets it', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    const asked = [acquire(opened.storage.system, 'a'), acquire(elsewhere.system, 'b')];
    expect(new Set(await Promise.all(asked))).toEqual(new Set([false, true]));
  });

  test('a lease passes on once its heartbeat is too old, and the former holder has lost it', async () => {
    await using opened = await open();
    const { system } = opened.storage;
    await acquire(system, 'a');
    expect(await system.renewLease(1, 'imports', holder('a'), instant + 1000)).toBe(true);
    expect(await acquire(system, 'b', expiryMs + 999)).toBe(false);
    expect(await acquire(system, 'b', expiryMs + 1000)).toBe(true);
    expect(await system.renewLease(1, 'imports', holder('a'), instant + expiryMs + 1001)).toBe(false);
    await system.releaseLease(1, 'imports', holder('a'));
    expect(await acquire(system, 'a', expiryMs + 1002)).toBe(false);
  });

  test('a lease passes on at once when its holder is known to be dead', async () => {
    await using opened = await open();
    const { system } = opened.storage;
    await acquire(system, 'a');
    const asked: LeaseHolder[] = [];
    const isDead = (by: LeaseHolder) => asked.push(by) > 0;
    expect(await acquire(system, 'b', 1, isDead)).toBe(true);
    expect(asked).toEqual([expect.objectContaining(holder('a'))]);
  });

  test('a released lease is free, and progress goes with the lease', async () => {
    await using opened = await open();
    const { system } = opened.storage;
    const progress = { runId: 4, rowsRead: 10, subjectsPlanned: 5, subjectsTotal: 6, applied: 1 };
    await acquire(system, 'a');
    expect(await system.findProgress(1, 'imports')).toBeUndefined();
    await system.renewLease(1, 'imports', holder('a'), instant, progress);
    await system.renewLease(1, 'imports', holder('a'), instant + 1);
    expect(await system.findProgress(1, 'imports')).toEqual(progress);
    expect(await system.findProgress(2, 'imports')).toBeUndefined();
    await system.releaseLease(1, 'imports', holder('a'));
    expect(await system.findProgress(1, 'imports')).toBeUndefined();
    expect(await acquire(system, 'b')).toBe(true);
  });
});
