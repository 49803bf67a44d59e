import { sql, type Kysely } from 'kysely';
import { MusterError } from '../../domain/errors.ts';
import { foldKey } from '../../domain/text/fold.ts';
import type { ApiClient, ApiClientStore, CredentialHashes, KnownKey } from '../../ports/api-clients.ts';
import type { SystemTables } from '../schema/tables.ts';
import type { SystemTransact } from './system-store.ts';

export class KyselyApiClientStore implements ApiClientStore {
  readonly #db: Kysely<SystemTables>;
  readonly #transact: SystemTransact;

  constructor(db: Kysely<SystemTables>, transact: SystemTransact) {
    this.#db = db;
    this.#transact = transact;
  }

  list(tenantId: number): Promise<ApiClient[]> {
    return clientsOf(this.#db, tenantId).orderBy('name_key').orderBy('id').execute();
  }

  findByName(tenantId: number, name: string): Promise<ApiClient | undefined> {
    return clientsOf(this.#db, tenantId)
      .where('name_key', '=', foldKey(name))
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
  }

  findById(tenantId: number, id: number): Promise<ApiClient | undefined> {
    return clientsOf(this.#db, tenantId).where('id', '=', id).executeTakeFirst();
  }

  insert(tenantId: number, name: string, hashes: CredentialHashes, at: number): Promise<ApiClient> {
    return this.#transact(async (db) => {
      const taken = await db
        .selectFrom('api_client')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('name_key', '=', foldKey(name))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (taken) throw new MusterError('conflict', `There is an API client “${name}” already.`);
      // Clients are never deleted, and the transaction is the only writer.
      const { last } = await db
        .selectFrom('api_client')
        .select(sql<number>`coalesce(max(id), 0)`.as('last'))
        .executeTakeFirstOrThrow();
      const id = last + 1;
      await db
        .insertInto('api_client')
        .values({ tenant_id: tenantId, id, name, name_key: foldKey(name), created_at: at })
        .execute();
      await insertKey(db, id, hashes, at);
      return clientsOf(db, tenantId).where('id', '=', id).executeTakeFirstOrThrow();
    });
  }

  rotate(
    tenantId: number,
    id: number,
    hashes: CredentialHashes,
    at: number,
    oldUntil: number,
  ): Promise<boolean> {
    return this.#transact(async (db) => {
      if (!(await isLive(db, tenantId, id))) return false;
      await db
        .updateTable('api_credential')
        .set({ valid_until: oldUntil })
        .where('client_id', '=', id)
        .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', oldUntil)]))
        .execute();
      const ofClient = db.selectFrom('api_credential').select('key_hash').where('client_id', '=', id);
      for (const table of ['one_time_code', 'api_session'] as const) {
        await db
          .updateTable(table)
          .set({ expires_at: oldUntil })
          .where('key_hash', 'in', ofClient)
          .where('expires_at', '>', oldUntil)
          .execute();
      }
      await insertKey(db, id, hashes, at);
      return true;
    });
  }

  revoke(tenantId: number, id: number, at: number): Promise<boolean> {
    return this.#transact(async (db) => {
      if (!(await isLive(db, tenantId, id))) return false;
      await db
        .updateTable('api_client')
        .set({ revoked_at: at })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute();
      // Codes and sessions go with the key they began by.
      await db.deleteFrom('api_credential').where('client_id', '=', id).execute();
      return true;
    });
  }

  async findKey(keyHash: string, now: number, host = ''): Promise<KnownKey | undefined> {
    const row = await this.#db
      .selectFrom('api_credential as key')
      .innerJoin('api_client as client', 'client.id', 'key.client_id')
      .innerJoin('tenant', 'tenant.id', 'client.tenant_id')
      .leftJoin('tenant_host as asked', (join) => join.on('asked.host', '=', host.toLowerCase()))
      .select('asked.tenant_id as asked_tenant')
      .select(['key.key_hash', 'key.secret_hash', 'key.valid_until'])
      .select(['client.id as client_id', 'client.name as client_name', 'client.last_used_at'])
      .select(['tenant.id as tenant_id', 'tenant.slug', 'tenant.name as tenant_name', 'tenant.zone'])
      .where('key.key_hash', '=', keyHash)
      .executeTakeFirst();
    if (!row || (row.valid_until !== null && row.valid_until <= now)) return undefined;
    // F7: a host that is another tenant's rules the key out; the host alone chooses no tenant.
    if (row.asked_tenant !== null && row.asked_tenant !== row.tenant_id) return undefined;
    return {
      keyHash: row.key_hash,
      secretHash: row.secret_hash,
      validUntil: row.valid_until,
      client: { id: row.client_id, name: row.client_name, lastUsedAt: row.last_used_at },
      tenant: { id: row.tenant_id, slug: row.slug, name: row.tenant_name, zone: row.zone },
    };
  }

  listKeys(clientId: number, now: number): Promise<CredentialHashes[]> {
    return this.#db
      .selectFrom('api_credential')
      .select(['key_hash as keyHash', 'secret_hash as secretHash'])
      .where('client_id', '=', clientId)
      .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', now)]))
      .execute();
  }

  noteUse(clientId: number, at: number): Promise<void> {
    return this.#transact(async (db) => {
      await db
        .updateTable('api_client')
        .set({ last_used_at: at })
        .where('id', '=', clientId)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
        .execute();
    });
  }
}

function clientsOf(db: Kysely<SystemTables>, tenantId: number) {
  return db
    .selectFrom('api_client')
    .select(['id', 'tenant_id as tenantId', 'name', 'created_at as createdAt'])
    .select(['last_used_at as lastUsedAt', 'revoked_at as revokedAt'])
    .select((eb) =>
      eb
        .selectFrom('api_credential')
        .whereRef('client_id', '=', 'api_client.id')
        .select((inner) => inner.fn.max('valid_until').as('until'))
        .as('oldKeyUntil'),
    )
    .where('tenant_id', '=', tenantId);
}

async function isLive(db: Kysely<SystemTables>, tenantId: number, id: number): Promise<boolean> {
  const found = await db
    .selectFrom('api_client')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return found !== undefined;
}

async function insertKey(
  db: Kysely<SystemTables>,
  clientId: number,
  { keyHash, secretHash }: CredentialHashes,
  at: number,
): Promise<void> {
  await db
    .insertInto('api_credential')
    .values({ key_hash: keyHash, secret_hash: secretHash, client_id: clientId, created_at: at })
    .execute();
}
