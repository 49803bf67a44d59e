import { createHmac, randomBytes } from 'node:crypto';
import type { Account, AccountReader } from '../ports/accounts.ts';
import type { Clock } from '../ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import { Gate } from './gate.ts';
import { networkOf } from './network-of.ts';
import { verifyNobody, verifyPassword } from './passwords.ts';
import { FailureThrottle } from './throttle.ts';

/**
 * Signing in with a username and password (I1), for every dialect and the management API.
 *
 * The account is read at each request, so a new password, a disabled or a removed account counts at once,
 * also when another process changed it. What is remembered, for five minutes and in memory only, is that a
 * password went with a *stored hash*: a keyed hash over tenant, account, stored hash and password. A nightly
 * script so pays argon2 once. Failures are never remembered; they are throttled by address (`throttle.ts`),
 * before anything is looked up in the memory, since a quick answer there would tell a guesser the password.
 */
export interface Verifier {
  /**
   * The account, `wrong` (unknown, disabled or wrong password, not to be told apart by time either), or
   * `throttled` when the address has failed too often or the server is flooded with sign-ins.
   * Accounts are looked up in the given tenant's reader only.
   */
  verify(
    tenantId: number,
    reader: Pick<AccountReader, 'findByUsername'>,
    username: string,
    password: string,
    address: string,
  ): Promise<Account | 'wrong' | 'throttled'>;
}

export interface VerifierOptions {
  readonly clock: Clock;
  /** False (`MUSTER_RATE_LIMIT=off`) counts no failures. */
  readonly throttle?: boolean;
  /** How passwords are checked; argon2 unless a test counts or holds the calls. */
  readonly passwords?: PasswordCheck;
}

export interface PasswordCheck {
  verifyPassword(password: string, phc: string): Promise<boolean>;
  verifyNobody(password: string): Promise<false>;
}

type Verdict = 'right' | 'wrong' | 'throttled';

const rememberMs = 5 * 60_000;
const rememberedMax = 2_000;
const hashingAtOnceMax = 2;
const hashingWaitingMax = 64;

/** The verifier of one process; all its requests share it. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { clock, throttle: throttled = true, passwords = { verifyPassword, verifyNobody } } = options;
  const throttle = throttled ? new FailureThrottle(clock) : undefined;
  const gate = new Gate(hashingAtOnceMax, hashingWaitingMax);
  // However many strangers crowd at the gate, whoever has signed in from the same place before gets through.
  const gateOfKnown = new Gate(hashingAtOnceMax, hashingWaitingMax);
  const secret = randomBytes(32);
  const rememberedAt = new BoundedMap<string, number>(rememberedMax);
  const inFlight = new Map<string, Promise<Verdict>>();

  function fingerprint(...parts: (string | number)[]): string {
    return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64');
  }

  function isRemembered(credentials: string): boolean {
    const ageMs = clock.now() - (rememberedAt.get(credentials) ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back makes everything stale.
    return ageMs >= 0 && ageMs < rememberMs;
  }

  async function check(network: string, account: string | undefined, isRight: () => Promise<boolean>) {
    const attempt = throttle?.begin(network, account);
    if (throttle !== undefined && attempt === undefined) return 'throttled';
    let right: boolean | undefined;
    try {
      const isKnown = account !== undefined && throttle?.knows(network, account) === true;
      right = await (isKnown ? gateOfKnown : gate).run(isRight);
    } finally {
      // Only a wrong password costs; not a right one, a full gate or an error of ours.
      if (right !== false) attempt?.refund();
    }
    if (right === undefined) return 'throttled';
    return right ? 'right' : 'wrong';
  }

  /** The same credentials from the same place, sent many times at once, are computed and charged once. */
  function checkOnce(key: string, work: () => Promise<Verdict>): Promise<Verdict> {
    const running = inFlight.get(key);
    if (running !== undefined) return running;
    const started = work().finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    return started;
  }

  return {
    async verify(tenantId, reader, username, password, address) {
      const network = networkOf(address);
      const account = await reader.findByUsername(username);
      if (account === undefined || account.disabledAt !== null) {
        const key = fingerprint(tenantId, username, password, network);
        const verdict = await checkOnce(key, () =>
          check(network, undefined, () => passwords.verifyNobody(password)),
        );
        return verdict === 'throttled' ? 'throttled' : 'wrong';
      }

      const name = `${tenantId}/${account.id}`;
      if (throttle?.isOpen(network, name) === false) return 'throttled';
      const credentials = fingerprint(tenantId, account.id, account.passwordHash, password.normalize('NFC'));
      if (!isRemembered(credentials)) {
        const verdict = await checkOnce(`${credentials} ${network}`, () =>
          check(network, name, () => passwords.verifyPassword(password, account.passwordHash)),
        );
        if (verdict !== 'right') return verdict;
        rememberedAt.set(credentials, clock.now());
      }
      throttle?.succeeded(network, name);
      return account;
    },
  };
}
