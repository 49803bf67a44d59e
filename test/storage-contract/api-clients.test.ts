import { describe, expect, test } from 'vitest';
import type { MusterError } from '../../src/domain/errors.ts';
import { engines, instant } from '../support/engines.ts';

const conflict = expect.objectContaining({ code: 'conflict' }) as MusterError;
const hashes = (name: string) => ({ keyHash: `key ${name}`, secretHash: `secret ${name}` });

describe.each(engines)('API clients on $name', ({ open }) => {
  test('a client is given back as it was made, found by folded name, id and key', async () => {
    await using opened = await open();
    const { clients } = opened.storage;
    const made = await clients.insert(1, 'Nightly Ü', hashes('a'), instant);
    expect(made).toEqual({
      id: 1,
      tenantId: 1,
      name: 'Nightly Ü',
      createdAt: instant,
      lastUsedAt: null,
      revokedAt: null,
      oldKeyUntil: null,
    });
    expect(await clients.findByName(1, ' nightly ü')).toEqual(made);
    expect(await clients.findById(1, 1)).toEqual(made);
    expect(await clients.list(1)).toEqual([made]);
    expect(await clients.findKey('key a', instant)).toEqual({
      ...hashes('a'),
      validUntil: null,
      client: { id: 1, name: 'Nightly Ü', lastUsedAt: null },
      tenant: { id: 1, slug: 'main', name: 'Main', zone: 'Europe/London' },
    });
    expect(await clients.findKey('key b', instant)).toBeUndefined();
    expect(await clients.listKeys(1, instant)).toEqual([hashes('a')]);
  });

  test('a tenant sees and changes nothing of another’s clients', async () => {
    await using opened = await open();
    const { clients } = opened.storage;
    const { id } = await clients.insert(1, 'a', hashes('a'), instant);
    await clients.insert(2, 'a', hashes('b'), instant);
    expect(await clients.findById(2, id)).toBeUndefined();
    expect(await clients.list(2)).toHaveLength(1);
    expect(await clients.rotate(2, id, hashes('c'), instant, instant)).toBe(false);
    expect(await clients.revoke(2, id, instant)).toBe(false);
    expect(await clients.listKeys(id, instant)).toEqual([hashes('a')]);
  });

  test('a name is taken once among those that are not revoked, also by many at once', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    const asked = ['a', 'b', 'c', 'd'].map((name, index) =>
      (index % 2 === 0 ? opened.storage : elsewhere).clients.insert(1, 'Same', hashes(name), instant),
    );
    const settled = await Promise.allSettled(asked);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => reason as unknown)).toEqual([conflict, conflict, conflict]);
    const [first] = await opened.storage.clients.list(1);
    expect(await elsewhere.clients.revoke(1, first!.id, instant + 1)).toBe(true);
    const second = await opened.storage.clients.insert(1, 'SAME', hashes('e'), instant + 2);
    expect(second.id).toBe(first!.id + 1);
    expect(await opened.storage.clients.findByName(1, 'same')).toEqual(second);
    expect((await opened.storage.clients.list(1)).map(({ revokedAt }) => revokedAt)).toEqual([
      instant + 1,
      null,
    ]);
  });

  test('after a rotation both keys are good until the instant, then the new one alone', async () => {
    await using opened = await open();
    const { clients } = opened.storage;
    const { id } = await clients.insert(1, 'a', hashes('a'), instant);
    expect(await clients.rotate(1, id, hashes('b'), instant, instant + 100)).toBe(true);
    expect((await clients.listKeys(id, instant + 99)).map(({ keyHash }) => keyHash).sort()).toEqual([
      'key a',
      'key b',
    ]);
    expect((await clients.findKey('key a', instant + 99))?.validUntil).toBe(instant + 100);
    expect(await clients.findKey('key a', instant + 100)).toBeUndefined();
    expect(await clients.listKeys(id, instant + 100)).toEqual([hashes('b')]);
    expect((await clients.findById(1, id))?.oldKeyUntil).toBe(instant + 100);
    // A second rotation does not give the oldest key more time than it had.
    await clients.rotate(1, id, hashes('c'), instant, instant + 500);
    expect((await clients.findKey('key a', instant))?.validUntil).toBe(instant + 100);
    expect((await clients.findKey('key b', instant))?.validUntil).toBe(instant + 500);
    expect((await clients.findKey('key c', instant))?.validUntil).toBeNull();
  });

  test('a revoked client has no key, in no process, and cannot be revoked or given keys again', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    const { clients } = opened.storage;
    const { id } = await clients.insert(1, 'a', hashes('a'), instant);
    expect(await clients.revoke(1, id, instant + 5)).toBe(true);
    expect(await elsewhere.clients.findKey('key a', instant)).toBeUndefined();
    expect(await elsewhere.clients.listKeys(id, instant)).toEqual([]);
    expect(await elsewhere.clients.findByName(1, 'a')).toBeUndefined();
    expect(await clients.revoke(1, id, instant + 6)).toBe(false);
    expect(await clients.rotate(1, id, hashes('b'), instant, instant)).toBe(false);
    expect((await clients.findById(1, id))?.revokedAt).toBe(instant + 5);
  });

  test('the last use is kept, and never goes back', async () => {
    await using opened = await open();
    const { clients } = opened.storage;
    const { id } = await clients.insert(1, 'a', hashes('a'), instant);
    for (const at of [instant + 2, instant + 9, instant + 4]) await clients.noteUse(id, at);
    expect((await clients.findById(1, id))?.lastUsedAt).toBe(instant + 9);
  });
});
