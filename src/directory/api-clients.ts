import { MusterError } from '../domain/errors.ts';
import type { ApiClient, CredentialHashes } from '../ports/api-clients.ts';
import type { Actor } from '../ports/changes.ts';
import type { Storage } from '../ports/storage.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import { viewInstant } from './views.ts';

/** An API client as it is shown: never its hashes. */
export interface ApiClientView {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  /** To within a few minutes. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** Until when the key before the present one is good as well. */
  readonly oldKeyUntil: string | null;
}

/** Where clients are kept, and the tenant whose they are. */
export interface ClientsPlace {
  readonly clients: Storage['clients'];
  readonly store: TenantStore;
}

/** Who does something, and when. */
export interface By {
  readonly actor: Actor;
  readonly at: number;
}

const nameCharactersMax = 200;
const dayMs = 24 * 60 * 60_000;

/** How long an old key is good beside the new one where nothing else is said. */
export const oldKeyDays = 7;
/** Longer would be no rotation. */
const oldKeyDaysMax = 400;

/*
 * Clients stand in the system database and the audit in the tenant's, so there is no one transaction for both: what
 * was done is written down as soon as it is done.
 */

/**
 * Makes an API client with a key and a secret, of which only hashes are handed in. `conflict` when one that is not
 * revoked has the name (without regard to case), `bad-request` for a name nobody could type.
 */
export async function createApiClient(
  { clients, store }: ClientsPlace,
  name: string,
  hashes: CredentialHashes,
  by: By,
): Promise<ApiClient> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > nameCharactersMax || /\p{Cc}/u.test(trimmed)) {
    throw new MusterError(
      'bad-request',
      `An API client’s name has 1 to ${nameCharactersMax} characters, none of them a control character.`,
    );
  }
  const client = await clients.insert(store.tenant.id, trimmed, hashes, by.at);
  await audit(store, by, 'api-client.created', client, {});
  return client;
}

/**
 * Gives a client a new key and secret. The old ones stay good until `oldUntil`, seven days from now where it is not
 * said, and never longer than they were; the sessions they began end with them. `bad-request` for an instant that
 * cannot be meant, `not-found` and `conflict` as for revoking.
 */
export async function rotateApiClient(
  { clients, store }: ClientsPlace,
  id: number,
  hashes: CredentialHashes,
  by: By,
  oldUntil: number = by.at + oldKeyDays * dayMs,
): Promise<ApiClient> {
  if (oldUntil > by.at + oldKeyDaysMax * dayMs) {
    throw new MusterError('bad-request', `An old key can be good for ${oldKeyDaysMax} more days at most.`);
  }
  const until = Math.max(oldUntil, by.at);
  if (!(await clients.rotate(store.tenant.id, id, hashes, by.at, until)))
    await refuseAbsent(clients, store, id);
  const client = await getApiClient({ clients, store }, id);
  await audit(store, by, 'api-client.rotated', client, { oldKeyUntil: viewInstant(until) });
  return client;
}

/**
 * Ends a client for good: its keys, codes and sessions are dead from the next request on, in every process. What it
 * did stays told. `not-found` where there is none of that id, `conflict` where it is revoked already.
 */
export async function revokeApiClient(
  { clients, store }: ClientsPlace,
  id: number,
  by: By,
): Promise<ApiClient> {
  if (!(await clients.revoke(store.tenant.id, id, by.at))) await refuseAbsent(clients, store, id);
  const client = await getApiClient({ clients, store }, id);
  await audit(store, by, 'api-client.revoked', client, {});
  return client;
}

/** The client of that id; `not-found` where the tenant has none. */
export async function getApiClient({ clients, store }: ClientsPlace, id: number): Promise<ApiClient> {
  const client = await clients.findById(store.tenant.id, id);
  if (!client) throw new MusterError('not-found', `There is no API client ${id}.`);
  return client;
}

/** The client as it is shown at an instant: an old key that is no longer good is not spoken of. */
export function viewApiClient(client: ApiClient, now: number): ApiClientView {
  const { id, name, createdAt, lastUsedAt, revokedAt, oldKeyUntil } = client;
  const viewed = (at: number | null) => (at === null ? null : viewInstant(at));
  return {
    id,
    name,
    createdAt: viewInstant(createdAt),
    lastUsedAt: viewed(lastUsedAt),
    revokedAt: viewed(revokedAt),
    oldKeyUntil: viewed(oldKeyUntil !== null && oldKeyUntil > now ? oldKeyUntil : null),
  };
}

async function refuseAbsent(
  clients: ClientsPlace['clients'],
  store: TenantStore,
  id: number,
): Promise<never> {
  const { name } = await getApiClient({ clients, store }, id);
  throw new MusterError('conflict', `The API client “${name}” is revoked. Make a new one.`);
}

function audit(
  store: TenantStore,
  { actor, at }: By,
  action: string,
  client: ApiClient,
  detail: Record<string, unknown>,
): Promise<void> {
  return store.transact((tx) =>
    tx.audit.append({ at, actor, action, subject: `API client ${client.name}`, detail }),
  );
}
