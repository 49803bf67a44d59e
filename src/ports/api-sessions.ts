import type { ApiClient } from './api-clients.ts';
import type { Tenant } from './tenant-store.ts';

/** A session whose token is good now. */
export interface ApiSession {
  /** One for each `gettoken`, the same through every renewal, never given again. */
  readonly id: number;
  readonly client: Pick<ApiClient, 'id' | 'name' | 'lastUsedAt'>;
  readonly tenant: Tenant;
}

/** SHA-256 of a session token and of its renew token in hex, and when both end. */
export interface TokenHashes {
  readonly tokenHash: string;
  readonly renewHash: string;
  readonly expiresAt: number;
}

/**
 * One-time codes and sessions of API clients (F5), of all tenants. They outlive a restart and are shared by all
 * processes: whatever ends one ends it for the next request, wherever that arrives.
 */
export interface ApiSessionStore {
  saveCode(codeHash: string, keyHash: string, now: number, expiresAt: number): Promise<void>;
  /** Takes the code away, for one caller however many ask; gives its key's hash where its time is not over. */
  spendCode(codeHash: string, now: number): Promise<string | undefined>;
  /**
   * Begins a session by a key. Its tokens end with the key where that ends sooner. Undefined when the key is no
   * longer good.
   */
  begin(
    keyHash: string,
    tokens: TokenHashes,
    now: number,
  ): Promise<{ id: number; expiresAt: number } | undefined>;
  /**
   * The session of a token that is good now; `host` as for a key. One read, since every call pays for it.
   */
  find(tokenHash: string, now: number, host?: string): Promise<ApiSession | undefined>;
  /** Whether the renew token was used before; its session is then ended. */
  endIfSpent(renewHash: string): Promise<boolean>;
  /**
   * Puts new tokens in place of the two given; whoever comes second with them ends the session (F5). `dead`: the
   * token is not good, or just ended; `wrong`: the renew token is not this token's.
   */
  renew(
    old: Pick<TokenHashes, 'tokenHash' | 'renewHash'>,
    keyHash: string,
    tokens: TokenHashes,
    now: number,
  ): Promise<{ expiresAt: number } | 'dead' | 'wrong'>;
  /** Deletes up to `limit` each of codes, sessions and old keys whose time is over; gives how many. */
  purge(now: number, limit: number): Promise<number>;
}
