import { describe, expect, test } from 'vitest';
import type { Account } from '../ports/accounts.ts';
import { hashPassword } from './passwords.ts';
import { createVerifier } from './verifier.ts';
import type { VerifierOptions } from './verifier.ts';

const account = (id: number, username: string, passwordHash: string): Account => ({
  id,
  username,
  passwordHash,
  capabilities: ['administer'],
  organizations: [],
  createdAt: 0,
  disabledAt: null,
});

/** A verifier over accounts `autoimport` and `jane`, whose "hash" is the password, with a clock set by hand. */
function setUp(options: Partial<VerifierOptions> = {}) {
  const clock = { at: 1_000_000, now: () => clock.at };
  const accounts = [account(1, 'autoimport', 'right'), account(2, 'jane', 'hers')];
  const reader = { findByUsername: async (name: string) => accounts.find((one) => one.username === name) };
  const computed: string[] = [];
  const passwords = {
    verifyPassword: async (password: string, phc: string) => {
      computed.push(password);
      return password === phc;
    },
    verifyNobody: async (password: string) => {
      computed.push(password);
      return false as const;
    },
  };
  const verifier = createVerifier({ clock, passwords, ...options });
  const signIn = async (username: string, password: string, address = '192.0.2.1', tenant = 1) => {
    const answer = await verifier.verify(tenant, reader, username, password, address);
    return typeof answer === 'string' ? answer : answer.username;
  };
  const change = (index: number, to: Partial<Account>) => {
    accounts[index] = { ...accounts[index]!, ...to };
  };
  const fail = async (times: number, username: string, address?: string) => {
    const answers = [];
    for (let n = 0; n < times; n += 1) answers.push(await signIn(username, `guess ${n}`, address));
    return answers;
  };
  return { clock, computed, signIn, change, fail };
}

describe('who is let in', () => {
  test('I1 the right password gives the account; a wrong one, an unknown and a disabled account do not', async () => {
    const { signIn, change } = setUp();
    expect(await signIn('autoimport', 'right')).toBe('autoimport');
    expect(await signIn('autoimport', 'Right')).toBe('wrong');
    expect(await signIn('nobody', 'right')).toBe('wrong');
    change(0, { disabledAt: 5 });
    expect(await signIn('autoimport', 'right')).toBe('wrong');
  });

  test('I1 stored argon2 hashes are what is verified by default', async () => {
    const phc = await hashPassword('pä:ss');
    const reader = { findByUsername: async () => account(1, 'a', phc) };
    const verifier = createVerifier({ clock: { now: () => 0 } });
    expect(await verifier.verify(1, reader, 'a', 'pä:ss', '::1')).toMatchObject({ id: 1 });
    expect(await verifier.verify(1, reader, 'a', 'pass', '::1')).toBe('wrong');
  });

  test('an unknown and a disabled account cost the same work as a wrong password', async () => {
    const { computed, signIn, change } = setUp();
    change(1, { disabledAt: 5 });
    await signIn('nobody', 'x');
    await signIn('jane', 'y');
    expect(computed).toEqual(['x', 'y']);
  });
});

describe('what is remembered', () => {
  test('a verified password is computed once in five minutes, from wherever it comes', async () => {
    const { clock, computed, signIn } = setUp();
    await signIn('autoimport', 'right');
    clock.at += 299_999;
    expect(await signIn('autoimport', 'right', '198.51.100.7')).toBe('autoimport');
    expect(computed).toHaveLength(1);
    clock.at += 1;
    expect(await signIn('autoimport', 'right')).toBe('autoimport');
    expect(computed).toHaveLength(2);
  });

  test('a password changed elsewhere counts at once', async () => {
    const { signIn, change } = setUp();
    await signIn('autoimport', 'right');
    change(0, { passwordHash: 'newer' });
    expect(await signIn('autoimport', 'right')).toBe('wrong');
    expect(await signIn('autoimport', 'newer')).toBe('autoimport');
  });

  test('what one tenant verified says nothing in another', async () => {
    const { computed, signIn } = setUp();
    await signIn('autoimport', 'right', '192.0.2.1', 1);
    await signIn('autoimport', 'right', '192.0.2.1', 2);
    expect(computed).toHaveLength(2);
  });

  test('a failure is never remembered', async () => {
    const { computed, signIn, change } = setUp();
    expect(await signIn('autoimport', 'newer')).toBe('wrong');
    change(0, { passwordHash: 'newer' });
    expect(await signIn('autoimport', 'newer')).toBe('autoimport');
    expect(computed).toHaveLength(2);
  });

  test('the same credentials sent many times at once are computed once', async () => {
    const { computed, signIn } = setUp();
    const answers = await Promise.all(Array.from({ length: 40 }, () => signIn('autoimport', 'right')));
    expect(new Set(answers)).toEqual(new Set(['autoimport']));
    expect(computed).toHaveLength(1);
  });
});

describe('how failures are throttled', () => {
  test('an address that fails ten times is throttled, whatever account it tries and even with the right password', async () => {
    const { computed, signIn, fail } = setUp();
    expect(await fail(5, 'autoimport')).toEqual(Array(5).fill('wrong'));
    expect(await fail(5, 'nobody')).toEqual(Array(5).fill('wrong'));
    expect(await signIn('autoimport', 'right')).toBe('throttled');
    expect(await signIn('nobody', 'x')).toBe('throttled');
    expect(computed).toHaveLength(10);
  });

  test('a throttled address is allowed one more attempt every six seconds', async () => {
    const { clock, signIn, fail } = setUp();
    await fail(10, 'jane');
    clock.at += 5_999;
    expect(await signIn('jane', 'hers')).toBe('throttled');
    clock.at += 1;
    expect(await signIn('jane', 'hers')).toBe('jane');
  });

  test('an outsider at another address cannot lock an account out', async () => {
    const { signIn, fail } = setUp();
    await fail(50, 'autoimport', '203.0.113.9');
    expect(await signIn('autoimport', 'right')).toBe('autoimport');
  });

  test('a guesser behind the same router cannot lock out who has signed in from there before', async () => {
    const { clock, signIn, fail } = setUp();
    await signIn('autoimport', 'right');
    await fail(50, 'jane');
    await fail(50, 'nobody');
    clock.at += 1;
    expect(await signIn('jane', 'hers')).toBe('throttled');
    expect(await signIn('autoimport', 'right')).toBe('autoimport');
  });

  test('a remembered password is no way to guess faster', async () => {
    const { signIn, fail } = setUp();
    await signIn('autoimport', 'right', '198.51.100.7');
    await fail(10, 'autoimport');
    expect(await signIn('autoimport', 'right')).toBe('throttled');
  });

  test('successes cost nothing', async () => {
    const { clock, signIn } = setUp();
    for (let n = 0; n < 30; n += 1) {
      clock.at += 300_000;
      expect(await signIn('autoimport', 'right')).toBe('autoimport');
      expect(await signIn('jane', 'hers')).toBe('jane');
    }
  });

  test('parallel guesses get no more than their share', async () => {
    const { computed, signIn } = setUp();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => signIn('jane', `guess ${n}`)));
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(10);
    expect(computed).toHaveLength(10);
  });

  test('all addresses of one IPv6 network count as one', async () => {
    const { signIn, fail } = setUp();
    await fail(10, 'jane', '2001:db8::1');
    expect(await signIn('jane', 'hers', '2001:db8::ffff:1')).toBe('throttled');
    expect(await signIn('jane', 'hers', '2001:db8:0:1::1')).toBe('jane');
  });

  test('throttle: false counts no failures', async () => {
    const { signIn, fail } = setUp({ throttle: false });
    expect(new Set(await fail(100, 'autoimport'))).toEqual(new Set(['wrong']));
    expect(await signIn('autoimport', 'right')).toBe('autoimport');
  });
});

describe('how a flood is met', () => {
  /** Every password check waits until `release` is called. */
  function held() {
    const releases: (() => void)[] = [];
    const check = async <T>(answer: T) => {
      await new Promise<void>((resolve) => releases.push(resolve));
      return answer;
    };
    const passwords = {
      verifyPassword: (password: string, phc: string) => check(password === phc),
      verifyNobody: () => check(false as const),
    };
    return { releases, passwords };
  }
  const settle = async () => {
    for (let n = 0; n < 50; n += 1) await Promise.resolve();
  };

  test('two passwords are computed at once; of the rest a bounded number waits and the others are refused', async () => {
    const { releases, passwords } = held();
    const { signIn } = setUp({ passwords, throttle: false });
    const flood = Array.from({ length: 100 }, (_, n) => signIn('nobody', `guess ${n}`));
    await settle();
    let computed = 0;
    for (; releases.length > 0; computed += 1) {
      expect(releases.length).toBeLessThanOrEqual(2);
      releases.shift()!();
      await settle();
    }
    const answers = await Promise.all(flood);
    expect(computed).toBe(2 + 64);
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(66);
    expect(answers.filter((answer) => answer === 'throttled')).toHaveLength(34);
  });

  test('a flood from many addresses does not keep out who has signed in from the same place before', async () => {
    const { releases, passwords } = held();
    const { clock, signIn } = setUp({ passwords });
    const first = signIn('autoimport', 'right');
    await settle();
    releases.shift()!();
    expect(await first).toBe('autoimport');
    clock.at += 60 * 60_000;

    const flood = Array.from({ length: 100 }, (_, n) => signIn('jane', `guess ${n}`, `198.51.100.${n}`));
    await settle();
    const nightly = signIn('autoimport', 'right');
    for (let n = 0; n < 100; n += 1) {
      await settle();
      releases.shift()?.();
    }
    expect(await nightly).toBe('autoimport');
    expect(await Promise.all(flood)).toContain('throttled');
  });

  test('an error of ours reaches the caller, costs nothing and frees its place', async () => {
    let broken = true;
    const passwords = {
      verifyPassword: async () => {
        if (broken) throw new Error('out of memory');
        return true;
      },
      verifyNobody: async () => false as const,
    };
    const { signIn } = setUp({ passwords });
    for (let n = 0; n < 20; n += 1) await expect(signIn('jane', 'hers')).rejects.toThrow('out of memory');
    broken = false;
    expect(await signIn('jane', 'hers')).toBe('jane');
  });
});
