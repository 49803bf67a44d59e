import { describe, expect, test } from 'vitest';
import type { Storage } from '../../src/ports/storage.ts';
import { engines, instant } from '../support/engines.ts';

const hashes = (name: string) => ({ keyHash: `key ${name}`, secretHash: `secret ${name}` });
const tokens = (name: string, expiresAt = instant + 100) => ({
  tokenHash: `token ${name}`,
  renewHash: `renew ${name}`,
  expiresAt,
});
const addClient = ({ clients }: Storage, name = 'a', tenantId = 1) =>
  clients.insert(tenantId, name, hashes(name), instant);

describe.each(engines)('one-time codes on $name', ({ open }) => {
  test('F5 a code is spent once, and gives its key only within its time', async () => {
    await using opened = await open();
    const { sessions } = opened.storage;
    await addClient(opened.storage);
    await sessions.saveCode('code 1', 'key a', instant, instant + 10);
    await sessions.saveCode('code 2', 'key a', instant, instant + 10);
    expect(await sessions.spendCode('code 1', instant + 9)).toBe('key a');
    expect(await sessions.spendCode('code 1', instant + 9)).toBeUndefined();
    expect(await sessions.spendCode('code 2', instant + 10)).toBeUndefined();
    // It was spent by that attempt too, whatever the clock says later.
    expect(await sessions.spendCode('code 2', instant)).toBeUndefined();
    expect(await sessions.spendCode('code 3', instant)).toBeUndefined();
  });

  test('F5 of many that try one code at once, from two processes, one wins', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    await addClient(opened.storage);
    await opened.storage.sessions.saveCode('code', 'key a', instant, instant + 10);
    const tries = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? opened.storage : elsewhere).sessions.spendCode('code', instant),
    );
    expect((await Promise.all(tries)).filter((key) => key !== undefined)).toEqual(['key a']);
  });

  test('a code ends with its key: revoked at once, rotated at the instant', async () => {
    await using opened = await open();
    const { clients, sessions } = opened.storage;
    const { id } = await addClient(opened.storage);
    for (const code of ['code 1', 'code 2']) await sessions.saveCode(code, 'key a', instant, instant + 100);
    await clients.rotate(1, id, hashes('b'), instant, instant + 10);
    await sessions.saveCode('code 3', 'key a', instant, instant + 100);
    for (const code of ['code 1', 'code 3']) {
      expect(await sessions.spendCode(code, instant + 10)).toBeUndefined();
    }
    await clients.revoke(1, id, instant);
    expect(await sessions.spendCode('code 2', instant)).toBeUndefined();
    await sessions.saveCode('code 4', 'key a', instant, instant + 100);
    expect(await sessions.spendCode('code 4', instant)).toBeUndefined();
  });
});

describe.each(engines)('sessions on $name', ({ open }) => {
  test('F7 a token leads to its client and tenant until its time is over, in every process', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    const { sessions } = opened.storage;
    await addClient(opened.storage, 'a', 2);
    const begun = await sessions.begin('key a', tokens('1'), instant);
    expect(begun).toEqual({ id: expect.any(Number) as number, expiresAt: instant + 100 });
    const second = await sessions.begin('key a', tokens('2'), instant);
    expect(second?.id).not.toBe(begun?.id);
    expect(await elsewhere.sessions.find('token 1', instant + 99)).toEqual({
      id: begun?.id,
      client: { id: 1, name: 'a', lastUsedAt: null },
      tenant: { id: 2, slug: 'other', name: 'Other', zone: 'Asia/Tokyo' },
    });
    expect((await elsewhere.sessions.find('token 2', instant))?.id).toBe(second?.id);
    expect(await elsewhere.sessions.find('token 1', instant + 100)).toBeUndefined();
    expect(await elsewhere.sessions.find('renew 1', instant)).toBeUndefined();
  });

  test('F7 where a host names a tenant, keys and tokens of another are not known there', async () => {
    await using opened = await open();
    const { clients, sessions, system } = opened.storage;
    await system.updateTenant('main', { hosts: ['main.example'] });
    await system.updateTenant('other', { hosts: ['other.example'] });
    await addClient(opened.storage);
    await sessions.begin('key a', tokens('1'), instant);
    const knows = async (host?: string) => [
      (await clients.findKey('key a', instant, host)) !== undefined,
      (await sessions.find('token 1', instant, host)) !== undefined,
    ];
    for (const host of [undefined, 'main.example', 'MAIN.example', 'nobody.example']) {
      expect(await knows(host)).toEqual([true, true]);
    }
    expect(await knows('other.example')).toEqual([false, false]);
  });

  test('F5 a renewal ends both old tokens and keeps the session', async () => {
    await using opened = await open();
    const { sessions } = opened.storage;
    await addClient(opened.storage);
    const begun = await sessions.begin('key a', tokens('1'), instant);
    const answer = await sessions.renew(tokens('1'), 'key a', tokens('2', instant + 300), instant + 50);
    expect(answer).toEqual({ expiresAt: instant + 300 });
    expect(await sessions.find('token 1', instant + 50)).toBeUndefined();
    expect((await sessions.find('token 2', instant + 299))?.id).toBe(begun?.id);
  });

  test('F5 a renewal needs a live token and that token’s own renew token', async () => {
    await using opened = await open();
    const { sessions } = opened.storage;
    await addClient(opened.storage);
    await sessions.begin('key a', tokens('1'), instant);
    await sessions.begin('key a', tokens('2'), instant);
    const renew = (token: string, renewal: string, now = instant) =>
      sessions.renew(
        { tokenHash: `token ${token}`, renewHash: `renew ${renewal}` },
        'key a',
        tokens('9'),
        now,
      );
    expect(await renew('1', '2')).toBe('wrong');
    expect(await renew('1', '7')).toBe('wrong');
    expect(await renew('7', '1')).toBe('dead');
    expect(await renew('1', '1', instant + 100)).toBe('dead');
    expect(await sessions.find('token 1', instant)).toBeDefined();
    expect(await sessions.find('token 2', instant)).toBeDefined();
  });

  test('F5 a renew token used twice ends its session and no other', async () => {
    await using opened = await open();
    const { sessions } = opened.storage;
    await addClient(opened.storage);
    await sessions.begin('key a', tokens('1'), instant);
    await sessions.begin('key a', tokens('2'), instant);
    await sessions.renew(tokens('1'), 'key a', tokens('3'), instant);
    expect(await sessions.endIfSpent('renew 3')).toBe(false);
    expect(await sessions.endIfSpent('renew 2')).toBe(false);
    expect(await sessions.endIfSpent('renew 1')).toBe(true);
    expect(await sessions.endIfSpent('renew 1')).toBe(false);
    expect(await sessions.find('token 3', instant)).toBeUndefined();
    expect(await sessions.find('token 2', instant)).toBeDefined();
  });

  test('F5 of many that renew one token at once, from two processes, one wins and the session ends', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    await addClient(opened.storage);
    await opened.storage.sessions.begin('key a', tokens('1'), instant);
    const tries = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? opened.storage : elsewhere).sessions.renew(
        tokens('1'),
        'key a',
        tokens(`new ${index}`),
        instant,
      ),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => typeof answer !== 'string')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'dead')).toHaveLength(19);
    for (const index of tries.keys()) {
      expect(await elsewhere.sessions.find(`token new ${index}`, instant)).toBeUndefined();
    }
  });

  test('a session ends with the key it began by: revoked at once, rotated at the instant', async () => {
    await using opened = await open();
    const elsewhere = await opened.openAgain();
    const { clients, sessions } = opened.storage;
    const { id } = await addClient(opened.storage);
    await sessions.begin('key a', tokens('1'), instant);
    await clients.rotate(1, id, hashes('b'), instant, instant + 10);
    expect(await elsewhere.sessions.find('token 1', instant + 9)).toBeDefined();
    expect(await elsewhere.sessions.find('token 1', instant + 10)).toBeUndefined();
    expect(await sessions.begin('key a', tokens('2'), instant)).toMatchObject({ expiresAt: instant + 10 });
    expect(await sessions.begin('key a', tokens('3'), instant + 10)).toBeUndefined();
    // Renewed by the new key it goes on.
    await sessions.renew(tokens('1'), 'key b', tokens('4'), instant);
    expect(await sessions.find('token 4', instant + 50)).toBeDefined();
    await clients.revoke(1, id, instant);
    expect(await elsewhere.sessions.find('token 4', instant)).toBeUndefined();
    expect(await sessions.begin('key b', tokens('5'), instant)).toBeUndefined();
  });

  test('the purge removes what has ended, a bounded number at once, and ids are not given again', async () => {
    await using opened = await open();
    const { clients, sessions } = opened.storage;
    const { id } = await addClient(opened.storage);
    await clients.rotate(1, id, hashes('b'), instant, instant + 50);
    for (const name of ['1', '2', '3']) {
      await sessions.begin('key b', tokens(name, instant + 10), instant);
      await sessions.saveCode(`code ${name}`, 'key b', instant, instant + 10);
    }
    const last = await sessions.begin('key b', tokens('4', instant + 900), instant);
    expect(await sessions.purge(instant, 2)).toBe(0);
    expect(await sessions.purge(instant + 10, 2)).toBe(4);
    expect(await sessions.purge(instant + 10, 2)).toBe(2);
    expect(await sessions.purge(instant + 50, 2)).toBe(1);
    expect(await sessions.purge(instant + 50, 2)).toBe(0);
    expect(await sessions.find('token 4', instant + 50)).toBeDefined();
    expect(await sessions.purge(instant + 900, 2)).toBe(1);
    expect((await sessions.begin('key b', tokens('5'), instant))?.id).toBe(last!.id + 1);
  });
});
