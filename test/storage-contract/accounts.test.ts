import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/ports/accounts.ts';
import { engines, instant } from '../support/engines.ts';

const anna: Omit<Account, 'id' | 'disabledAt'> = {
  username: 'Anna.Ü',
  passwordHash: '$argon2id$v=19$…',
  capabilities: ['edit-patrons', 'view'],
  organizations: ['Media "Lab"', 'Film'],
  createdAt: instant,
};

describe.each(engines)('accounts on $name', ({ open }) => {
  test('an account is given back as it was stored and changed, found by folded username and id', async () => {
    await using opened = await open();
    const { main } = opened;
    const id = await main.transact((tx) => tx.accounts.insert(anna));
    const stored: Account = { ...anna, id, disabledAt: null };
    const { accounts } = main.read;
    expect(await accounts.findByUsername(' anna.ü')).toEqual(stored);
    expect(await accounts.findByUsername('anna')).toBeUndefined();
    expect(await accounts.findById(id)).toEqual(stored);
    const changed = { ...stored, username: 'Änna', capabilities: [], organizations: [], disabledAt: 9 };
    await main.transact((tx) => tx.accounts.update(changed));
    expect(await accounts.findById(id)).toEqual(changed);
    expect(await accounts.findByUsername('anna.ü')).toBeUndefined();
    await main.transact((tx) => tx.accounts.remove(id));
    expect(await accounts.list()).toEqual([]);
  });

  test('a username is taken once in a tenant, however spelled, and freely in another', async () => {
    await using opened = await open();
    await opened.main.transact((tx) => tx.accounts.insert(anna));
    const twin = { ...anna, username: 'ANNA.Ü ' };
    await expect(opened.main.transact((tx) => tx.accounts.insert(twin))).rejects.toThrow(/unique|duplicate/i);
    await opened.other.transact((tx) => tx.accounts.insert(twin));
    expect(await opened.main.read.accounts.list()).toHaveLength(1);
    expect(await opened.other.read.accounts.list()).toHaveLength(1);
  });

  test('a tenant sees and changes nothing of another', async () => {
    await using opened = await open();
    const id = await opened.main.transact((tx) => tx.accounts.insert(anna));
    expect(await opened.other.read.accounts.findById(id)).toBeUndefined();
    expect(await opened.other.read.accounts.findByUsername(anna.username)).toBeUndefined();
    await opened.other.transact(async (tx) => {
      await tx.accounts.update({ ...anna, id, passwordHash: 'stolen', disabledAt: null });
      await tx.accounts.remove(id);
    });
    expect((await opened.main.read.accounts.findById(id))?.passwordHash).toBe(anna.passwordHash);
  });

  test('accounts are listed by username', async () => {
    await using opened = await open();
    for (const username of ['carl', 'Anna', 'bert']) {
      await opened.main.transact((tx) => tx.accounts.insert({ ...anna, username }));
    }
    expect((await opened.main.read.accounts.list()).map(({ username }) => username)).toEqual([
      'Anna',
      'bert',
      'carl',
    ]);
  });
});
