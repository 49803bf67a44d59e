import { sql, type Kysely } from 'kysely';
import { MusterError } from '../../domain/errors.ts';
import type { LeaseHolder, Progress, SystemStore } from '../../ports/system-store.ts';
import type { Tenant } from '../../ports/tenant-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SystemTables } from '../schema/tables.ts';
import { FixedQuery } from './fixed-query.ts';

/** Runs `work` as one write transaction of the system database. */
export type SystemTransact = <T>(work: (db: Kysely<SystemTables>) => Promise<T>) => Promise<T>;

export class KyselySystemStore implements SystemStore {
  readonly #db: Kysely<SystemTables>;
  readonly #transact: SystemTransact;
  readonly #clock: Clock;
  readonly #transactLeases: SystemTransact;
  readonly #bySlug: FixedQuery<SystemTables, Tenant, 'slug'>;
  readonly #byHost: FixedQuery<SystemTables, Tenant, 'host' | 'otherwise'>;

  /** `transactLeases`, where there is one, for writes that may be lost with the machine: nobody's lease outlives it. */
  constructor(
    db: Kysely<SystemTables>,
    transact: SystemTransact,
    clock: Clock,
    transactLeases: SystemTransact = transact,
  ) {
    this.#db = db;
    this.#transact = transact;
    this.#clock = clock;
    this.#transactLeases = transactLeases;
    this.#bySlug = new FixedQuery(db, (system, value) =>
      system.selectFrom('tenant').select(tenantColumns).where('slug', '=', value('slug')),
    );
    this.#byHost = new FixedQuery(db, (system, value) =>
      system
        .selectFrom('tenant')
        .select(tenantColumns)
        .where('id', '=', ({ fn, selectFrom }) =>
          fn.coalesce(
            selectFrom('tenant_host').select('tenant_id').where('host', '=', value('host')),
            selectFrom('tenant as other').select('other.id').where('other.slug', '=', value('otherwise')),
          ),
        ),
    );
  }

  listTenants(): Promise<Tenant[]> {
    return this.#db.selectFrom('tenant').select(tenantColumns).orderBy('slug').execute();
  }

  async findTenant(slug: string): Promise<Tenant | undefined> {
    return (await this.#bySlug.execute({ slug }))[0];
  }

  async findTenantByHost(host: string, otherwise = ''): Promise<Tenant | undefined> {
    return (await this.#byHost.execute({ host: host.toLowerCase(), otherwise }))[0];
  }

  async listHosts(tenantId: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('tenant_host')
      .select('host')
      .where('tenant_id', '=', tenantId)
      .orderBy('host')
      .execute();
    return rows.map((row) => row.host);
  }

  createTenant(tenant: Omit<Tenant, 'id'>, hosts: readonly string[]): Promise<Tenant> {
    return this.#transact(async (db) => {
      const taken = await db
        .selectFrom('tenant')
        .select('id')
        .where('slug', '=', tenant.slug)
        .executeTakeFirst();
      if (taken) throw new MusterError('conflict', `A tenant with the slug “${tenant.slug}” exists already.`);
      const { last } = await db
        .selectFrom('tenant')
        .select(sql<number>`coalesce(max(id), 0)`.as('last'))
        .executeTakeFirstOrThrow();
      const id = Number(last) + 1;
      await db
        .insertInto('tenant')
        .values({ id, ...tenant, created_at: this.#clock.now() })
        .execute();
      await replaceHosts(db, id, hosts);
      return { id, ...tenant };
    });
  }

  updateTenant(
    slug: string,
    change: { name?: string; zone?: string; hosts?: readonly string[] },
  ): Promise<Tenant> {
    return this.#transact(async (db) => {
      const { hosts, ...columns } = change;
      const find = db.selectFrom('tenant').select(tenantColumns).where('slug', '=', slug);
      const tenant = await find.executeTakeFirst();
      if (!tenant) throw new MusterError('not-found', `There is no tenant “${slug}”.`);
      if (Object.keys(columns).length > 0) {
        await db.updateTable('tenant').set(columns).where('id', '=', tenant.id).execute();
      }
      if (hosts) await replaceHosts(db, tenant.id, hosts);
      return find.executeTakeFirstOrThrow();
    });
  }

  acquireLease(
    tenantId: number,
    name: string,
    holder: LeaseHolder,
    now: number,
    expiryMs: number,
    isDead: (holder: LeaseHolder) => boolean,
  ): Promise<boolean> {
    return this.#transactLeases(async (db) => {
      const held = await db
        .selectFrom('lease')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('name', '=', name)
        .executeTakeFirst();
      if (held && held.holder !== holder.holder && now - held.heartbeat_at < expiryMs && !isDead(held)) {
        return false;
      }
      const values = { ...holder, heartbeat_at: now, progress: null };
      await db
        .insertInto('lease')
        .values({ tenant_id: tenantId, name, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doUpdateSet(values))
        .execute();
      return true;
    });
  }

  renewLease(
    tenantId: number,
    name: string,
    holder: LeaseHolder,
    now: number,
    progress?: Progress,
  ): Promise<boolean> {
    return this.#transactLeases(async (db) => {
      const done = await db
        .updateTable('lease')
        .set({ heartbeat_at: now, ...(progress ? { progress: JSON.stringify(progress) } : {}) })
        .where('tenant_id', '=', tenantId)
        .where('name', '=', name)
        .where('holder', '=', holder.holder)
        .executeTakeFirst();
      return done.numUpdatedRows === 1n;
    });
  }

  releaseLease(tenantId: number, name: string, holder: LeaseHolder): Promise<void> {
    return this.#transactLeases(async (db) => {
      await db
        .deleteFrom('lease')
        .where('tenant_id', '=', tenantId)
        .where('name', '=', name)
        .where('holder', '=', holder.holder)
        .execute();
    });
  }

  async findProgress(tenantId: number, name: string): Promise<Progress | undefined> {
    const row = await this.#db
      .selectFrom('lease')
      .select('progress')
      .where('tenant_id', '=', tenantId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.progress ? (JSON.parse(row.progress) as Progress) : undefined;
  }
}

const tenantColumns = ['id', 'slug', 'name', 'zone'] as const;

async function replaceHosts(
  db: Kysely<SystemTables>,
  tenantId: number,
  hosts: readonly string[],
): Promise<void> {
  await db.deleteFrom('tenant_host').where('tenant_id', '=', tenantId).execute();
  for (const host of new Set(hosts.map((name) => name.toLowerCase()))) {
    const taken = await db
      .selectFrom('tenant_host')
      .select('host')
      .where('host', '=', host)
      .executeTakeFirst();
    if (taken) throw new MusterError('conflict', `The host “${host}” belongs to another tenant.`);
    await db.insertInto('tenant_host').values({ host, tenant_id: tenantId }).execute();
  }
}
