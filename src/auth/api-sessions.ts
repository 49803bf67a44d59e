import type { ApiClientStore, KnownKey } from '../ports/api-clients.ts';
import type { ApiSession, ApiSessionStore } from '../ports/api-sessions.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenantSettings } from '../ports/settings.ts';
import type { Tenant } from '../ports/tenant-store.ts';
import { BoundedMap } from './bounded-map.ts';
import { networkOf } from './network-of.ts';
import { isSecret, newSecret, secretHash } from './random-secret.ts';
import { FailureThrottle } from './throttle.ts';

/** Whence a request comes, and the host it asked for. */
export interface Origin {
  readonly address: string;
  readonly host: string;
}

export interface IssuedTokens {
  readonly token: string;
  readonly renewToken: string;
  readonly expiresAt: number;
  readonly tenant: Tenant;
}

/**
 * How an API client gets in (F4, F5): a key buys a one-time code, code and secret a token, token, secret and renew
 * token the next one. Everything is looked up in the system database at each call and nothing is remembered, so
 * what one process ends has ended in all of them. Wrong keys and secrets are throttled by address, as passwords are.
 */
export interface ApiSessions {
  issueCode(key: string, origin: Origin): Promise<{ code: string; tenant: Tenant } | 'wrong' | 'throttled'>;
  /**
   * The code is spent whatever comes of it. `wrong` says of nothing what was wrong: secret, or spent, expired or
   * foreign code. Where a key is given as well, it must be the code's.
   */
  issueTokens(
    asked: { readonly code: string; readonly secret: string; readonly key: string },
    origin: Origin,
  ): Promise<IssuedTokens | 'wrong' | 'throttled'>;
  /** `dead`: the token is not good; `wrong`: secret or renew token is not the token's. */
  renew(
    asked: { readonly token: string; readonly secret: string; readonly renewToken: string },
    origin: Origin,
  ): Promise<IssuedTokens | 'dead' | 'wrong' | 'throttled'>;
  /** The session of a token that is good at the host that was asked for. */
  find(token: string, origin: Origin): Promise<ApiSession | undefined>;
}

export interface ApiSessionsOptions {
  readonly clients: ApiClientStore;
  readonly sessions: ApiSessionStore;
  readonly settingsOf: (tenant: Tenant) => Promise<TenantSettings>;
  readonly clock: Clock;
  /** False (`MUSTER_RATE_LIMIT=off`) counts no failures. */
  readonly throttle?: boolean;
  readonly onSignIn?: (outcome: 'succeeded' | 'wrong' | 'throttled', tenant: string | undefined) => void;
}

const minuteMs = 60_000;
/** The last use is written down when what stands is older than this. */
const lastUseStepMs = 5 * minuteMs;

/** What a secret is compared with where there is none, so that it takes as long. */
const nobodysHash = secretHash(newSecret('secret'));

export function createApiSessions(options: ApiSessionsOptions): ApiSessions {
  const { clients, sessions, settingsOf, clock, throttle: throttled = true, onSignIn = () => {} } = options;
  const throttle = throttled ? new FailureThrottle(clock) : undefined;
  const notedAt = new BoundedMap<number, number>(1_000);

  /** Judges one attempt by `isRight`, charged to the address unless it is right. */
  function judge(
    { address }: Origin,
    client: number | undefined,
    isRight: () => boolean,
  ): 'right' | 'wrong' | 'throttled' {
    const network = networkOf(address);
    const name = client === undefined ? undefined : `client ${client}`;
    const attempt = throttle?.begin(network, name);
    if (throttle !== undefined && attempt === undefined) return 'throttled';
    if (!isRight()) return 'wrong';
    attempt?.refund();
    return 'right';
  }

  async function succeed(tenant: Tenant, client: ApiSession['client'], { address }: Origin): Promise<void> {
    throttle?.succeeded(networkOf(address), `client ${client.id}`);
    onSignIn('succeeded', tenant.slug);
    await clients.noteUse(client.id, clock.now());
  }

  function fail<Answer extends 'wrong' | 'throttled'>(answer: Answer, tenant: Tenant | undefined): Answer {
    onSignIn(answer, tenant?.slug);
    return answer;
  }

  async function newTokens(tenant: Tenant) {
    const { sessionTokenMinutes } = await settingsOf(tenant);
    const token = newSecret('token');
    const renewToken = newSecret('renewToken');
    const expiresAt = clock.now() + sessionTokenMinutes * minuteMs;
    const hashes = { tokenHash: secretHash(token), renewHash: secretHash(renewToken), expiresAt };
    return { token, renewToken, hashes };
  }

  /** In the background: a call must not wait, or fail, for what is only told to people. */
  function noteUse({ id, lastUsedAt }: ApiSession['client']): void {
    const now = clock.now();
    if (now - Math.max(lastUsedAt ?? 0, notedAt.get(id) ?? 0) < lastUseStepMs) return;
    notedAt.set(id, now);
    clients.noteUse(id, now).catch(() => undefined);
  }

  return {
    async issueCode(key, origin) {
      const known = await clients.findKey(secretHash(key), clock.now(), origin.host);
      const verdict = judge(origin, known?.client.id, () => known !== undefined);
      // F6: a key that is unknown, revoked or another tenant's is told nothing more.
      if (verdict !== 'right' || known === undefined) {
        return fail(verdict === 'throttled' ? verdict : 'wrong', known?.tenant);
      }
      const { oneTimeCodeMinutes } = await settingsOf(known.tenant);
      const code = newSecret('code');
      const now = clock.now();
      await sessions.saveCode(secretHash(code), known.keyHash, now, now + oneTimeCodeMinutes * minuteMs);
      return { code, tenant: known.tenant };
    },

    async issueTokens({ code, secret, key }, origin) {
      // F5: spent by any attempt, before it is known whether that is a good one.
      const keyHash = await sessions.spendCode(secretHash(code), clock.now());
      const known =
        keyHash === undefined ? undefined : await clients.findKey(keyHash, clock.now(), origin.host);
      const isRight = () => isSecret(secret, known?.secretHash ?? nobodysHash) && isKeyOf(known, key);
      const verdict = judge(origin, known?.client.id, isRight);
      if (verdict !== 'right' || known === undefined) {
        return fail(verdict === 'throttled' ? verdict : 'wrong', known?.tenant);
      }
      const { token, renewToken, hashes } = await newTokens(known.tenant);
      const begun = await sessions.begin(known.keyHash, hashes, clock.now());
      if (begun === undefined) return fail('wrong', known.tenant);
      await succeed(known.tenant, known.client, origin);
      return { token, renewToken, expiresAt: begun.expiresAt, tenant: known.tenant };
    },

    async renew({ token, secret, renewToken }, origin) {
      const old = { tokenHash: secretHash(token), renewHash: secretHash(renewToken) };
      // F5: whoever shows a renew token that was used ends the session, whatever else they know.
      if (await sessions.endIfSpent(old.renewHash)) return 'dead';
      const session = await sessions.find(old.tokenHash, clock.now(), origin.host);
      if (session === undefined) return 'dead';
      const { client, tenant } = session;
      const keys = await clients.listKeys(client.id, clock.now());
      const key = keys.find((one) => isSecret(secret, one.secretHash));
      const verdict = judge(origin, client.id, () => key !== undefined);
      if (verdict !== 'right' || key === undefined) {
        return fail(verdict === 'throttled' ? verdict : 'wrong', tenant);
      }
      const next = await newTokens(tenant);
      const renewed = await sessions.renew(old, key.keyHash, next.hashes, clock.now());
      if (renewed === 'wrong') return fail('wrong', tenant);
      if (renewed === 'dead') return 'dead';
      await succeed(tenant, client, origin);
      return { token: next.token, renewToken: next.renewToken, expiresAt: renewed.expiresAt, tenant };
    },

    async find(token, origin) {
      const session = await sessions.find(secretHash(token), clock.now(), origin.host);
      if (session !== undefined) noteUse(session.client);
      return session;
    },
  };
}

/** A script may name its key a second time; then it has to be the one the code was given for. */
function isKeyOf(known: KnownKey | undefined, key: string): boolean {
  return key === '' || (known !== undefined && isSecret(key, known.keyHash));
}
