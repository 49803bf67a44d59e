import type { Tenant } from './tenant-store.ts';

/** A program that signs in by a key and a secret of its own. */
export interface ApiClient {
  readonly id: number;
  readonly tenantId: number;
  readonly name: string;
  readonly createdAt: number;
  /** To within a few minutes; null before the first time. */
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  /** Until when a key it had before the present one is, or was, good as well; null where none is known. */
  readonly oldKeyUntil: number | null;
}

/** SHA-256 of a key and of its secret, in hex. */
export interface CredentialHashes {
  readonly keyHash: string;
  readonly secretHash: string;
}

/** A key that is good now, with the client and the tenant it leads to (F7). */
export interface KnownKey extends CredentialHashes {
  readonly client: Pick<ApiClient, 'id' | 'name' | 'lastUsedAt'>;
  readonly tenant: Tenant;
  /** When it stops being good; null while it is the client's present one. */
  readonly validUntil: number | null;
}

/**
 * The API clients of all tenants: a key is looked up before anybody knows whose it is. Whoever manages clients
 * names the tenant each time.
 */
export interface ApiClientStore {
  /** By name; revoked ones too. */
  list(tenantId: number): Promise<ApiClient[]>;
  /** The one that is not revoked; names compare folded. */
  findByName(tenantId: number, name: string): Promise<ApiClient | undefined>;
  findById(tenantId: number, id: number): Promise<ApiClient | undefined>;
  /** `MusterError('conflict')` when a client that is not revoked has the name. */
  insert(tenantId: number, name: string, hashes: CredentialHashes, at: number): Promise<ApiClient>;
  /**
   * Gives a client a new key. The keys it has are good until `oldUntil`, with the codes and sessions that began
   * by them, and not longer than they were. False when there is no such client, or it is revoked.
   */
  rotate(
    tenantId: number,
    id: number,
    hashes: CredentialHashes,
    at: number,
    oldUntil: number,
  ): Promise<boolean>;
  /** Ends a client for good with its keys, codes and sessions, in every process at once; false as above. */
  revoke(tenantId: number, id: number, at: number): Promise<boolean>;

  /** `host` is the name that was asked for: where it is another tenant's, the key is not known there. */
  findKey(keyHash: string, now: number, host?: string): Promise<KnownKey | undefined>;
  /** The keys of a client that are good now. */
  listKeys(clientId: number, now: number): Promise<CredentialHashes[]>;
  /** Writes down that the client was here. */
  noteUse(clientId: number, at: number): Promise<void>;
}
