import type { Kysely } from 'kysely';
import type { ApiSession, ApiSessionStore, TokenHashes } from '../../ports/api-sessions.ts';
import type { SystemTables } from '../schema/tables.ts';
import { FixedQuery } from './fixed-query.ts';
import type { SystemTransact } from './system-store.ts';

/**
 * Revoking a client deletes its keys and, by foreign keys, what began by them; giving it new keys shortens what the
 * old ones began. So a token is good as long as its row is there and its time is not over, and no other is read.
 */
export class KyselyApiSessionStore implements ApiSessionStore {
  readonly #db: Kysely<SystemTables>;
  readonly #transact: SystemTransact;
  readonly #findByToken: ReturnType<typeof findByToken>;

  constructor(db: Kysely<SystemTables>, transact: SystemTransact) {
    this.#db = db;
    this.#transact = transact;
    this.#findByToken = findByToken(db);
  }

  saveCode(codeHash: string, keyHash: string, now: number, expiresAt: number): Promise<void> {
    return this.#transact(async (db) => {
      const end = await endOfKey(db, keyHash, now);
      // Revoked since it was looked up: there is nothing to be let in by, and the code is as good as any unknown one.
      if (end === undefined) return;
      const ended = db.deleteFrom('one_time_code').where('key_hash', '=', keyHash);
      await ended.where('expires_at', '<=', now).execute();
      const values = { code_hash: codeHash, key_hash: keyHash, expires_at: Math.min(expiresAt, end) };
      await db.insertInto('one_time_code').values(values).execute();
    });
  }

  spendCode(codeHash: string, now: number): Promise<string | undefined> {
    return this.#transact(async (db) => {
      const spent = await db
        .deleteFrom('one_time_code')
        .where('code_hash', '=', codeHash)
        .returning(['key_hash', 'expires_at'])
        .executeTakeFirst();
      return spent !== undefined && spent.expires_at > now ? spent.key_hash : undefined;
    });
  }

  begin(keyHash: string, tokens: TokenHashes, now: number) {
    return this.#transact(async (db) => {
      const end = await endOfKey(db, keyHash, now);
      if (end === undefined) return undefined;
      const expiresAt = Math.min(tokens.expiresAt, end);
      // A script that takes a new token for each call must not fill the table until the next purge.
      const ended = db.deleteFrom('api_session').where('key_hash', '=', keyHash);
      await ended.where('expires_at', '<=', now).execute();
      const { client_id } = await db
        .selectFrom('api_credential')
        .select('client_id')
        .where('key_hash', '=', keyHash)
        .executeTakeFirstOrThrow();
      const { id } = await db
        .insertInto('api_session')
        .values({
          client_id,
          key_hash: keyHash,
          token_hash: tokens.tokenHash,
          renew_hash: tokens.renewHash,
          expires_at: expiresAt,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id, expiresAt };
    });
  }

  async find(tokenHash: string, now: number, host = ''): Promise<ApiSession | undefined> {
    const [row] = await this.#findByToken.execute({ tokenHash, host: host.toLowerCase() });
    if (!row || row.expires_at <= now) return undefined;
    // F7: as for a key, a host that is another tenant's rules the token out.
    if (row.asked_tenant !== null && row.asked_tenant !== row.tenant_id) return undefined;
    return {
      id: row.id,
      client: { id: row.client_id, name: row.client_name, lastUsedAt: row.last_used_at },
      tenant: { id: row.tenant_id, slug: row.slug, name: row.tenant_name, zone: row.zone },
    };
  }

  async endIfSpent(renewHash: string): Promise<boolean> {
    if ((await findSpent(this.#db, renewHash)) === undefined) return false;
    return this.#transact((db) => endSpent(db, renewHash));
  }

  renew(
    old: Pick<TokenHashes, 'tokenHash' | 'renewHash'>,
    keyHash: string,
    tokens: TokenHashes,
    now: number,
  ): Promise<{ expiresAt: number } | 'dead' | 'wrong'> {
    return this.#transact(async (db) => {
      if (await endSpent(db, old.renewHash)) return 'dead';
      const session = await db
        .selectFrom('api_session')
        .select(['id', 'renew_hash'])
        .where('token_hash', '=', old.tokenHash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      const end = await endOfKey(db, keyHash, now);
      if (session === undefined || end === undefined) return 'dead';
      if (session.renew_hash !== old.renewHash) return 'wrong';
      const expiresAt = Math.min(tokens.expiresAt, end);
      await db
        .insertInto('spent_renew_token')
        .values({ renew_hash: old.renewHash, session_id: session.id })
        .execute();
      await db
        .updateTable('api_session')
        .set({
          key_hash: keyHash,
          token_hash: tokens.tokenHash,
          renew_hash: tokens.renewHash,
          expires_at: expiresAt,
        })
        .where('id', '=', session.id)
        .execute();
      return { expiresAt };
    });
  }

  purge(now: number, limit: number): Promise<number> {
    return this.#transact(async (db) => {
      const codes = await db
        .deleteFrom('one_time_code')
        .where('code_hash', 'in', (eb) =>
          eb.selectFrom('one_time_code').select('code_hash').where('expires_at', '<=', now).limit(limit),
        )
        .executeTakeFirst();
      const sessions = await db
        .deleteFrom('api_session')
        .where('id', 'in', (eb) =>
          eb.selectFrom('api_session').select('id').where('expires_at', '<=', now).limit(limit),
        )
        .executeTakeFirst();
      const keys = await db
        .deleteFrom('api_credential')
        .where('key_hash', 'in', (eb) =>
          eb.selectFrom('api_credential').select('key_hash').where('valid_until', '<=', now).limit(limit),
        )
        .executeTakeFirst();
      return Number(codes.numDeletedRows + sessions.numDeletedRows + keys.numDeletedRows);
    });
  }
}

function findByToken(system: Kysely<SystemTables>) {
  return new FixedQuery(system, (db, value: (name: 'tokenHash' | 'host') => string) =>
    db
      .selectFrom('api_session as session')
      .innerJoin('api_client as client', 'client.id', 'session.client_id')
      .innerJoin('tenant', 'tenant.id', 'client.tenant_id')
      .leftJoin('tenant_host as asked', (join) => join.on('asked.host', '=', value('host')))
      .select('asked.tenant_id as asked_tenant')
      .select(['session.id', 'session.expires_at'])
      .select(['client.id as client_id', 'client.name as client_name', 'client.last_used_at'])
      .select(['tenant.id as tenant_id', 'tenant.slug', 'tenant.name as tenant_name', 'tenant.zone'])
      .where('session.token_hash', '=', value('tokenHash')),
  );
}

/** When a key ends; undefined where it is not good now. */
async function endOfKey(db: Kysely<SystemTables>, keyHash: string, now: number): Promise<number | undefined> {
  const key = await db
    .selectFrom('api_credential')
    .select('valid_until')
    .where('key_hash', '=', keyHash)
    .executeTakeFirst();
  if (key === undefined) return undefined;
  const end = key.valid_until ?? Number.POSITIVE_INFINITY;
  return end > now ? end : undefined;
}

async function findSpent(db: Kysely<SystemTables>, renewHash: string): Promise<number | undefined> {
  const spent = await db
    .selectFrom('spent_renew_token')
    .select('session_id')
    .where('renew_hash', '=', renewHash)
    .executeTakeFirst();
  return spent?.session_id;
}

/** F5: a renew token used twice ends its whole session. */
async function endSpent(db: Kysely<SystemTables>, renewHash: string): Promise<boolean> {
  const sessionId = await findSpent(db, renewHash);
  if (sessionId === undefined) return false;
  await db.deleteFrom('api_session').where('id', '=', sessionId).execute();
  return true;
}
