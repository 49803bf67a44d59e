import type { Selectable } from 'kysely';
import { foldKey } from '../../domain/text/fold.ts';
import type { Account, AccountReader, AccountWriter } from '../../ports/accounts.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';
import { allocateIds } from './sequences.ts';

const accountColumns = [
  'id',
  'username',
  'password_hash',
  'capabilities',
  'organizations',
  'created_at',
  'disabled_at',
] as const;

type AccountRow = Pick<Selectable<TenantTables['account']>, (typeof accountColumns)[number]>;

export class AccountStore implements AccountReader, AccountWriter {
  readonly #context: StoreContext;
  readonly #byUsername: FixedQuery<TenantTables, AccountRow, 'key'>;

  constructor(context: StoreContext) {
    this.#context = context;
    this.#byUsername = new FixedQuery(context.db, (_, value) =>
      this.#all().where('username_key', '=', value('key')),
    );
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    const [row] = await this.#byUsername.execute({ key: foldKey(username) });
    return row && accountOf(row);
  }

  async findById(id: number): Promise<Account | undefined> {
    const row = await this.#all().where('id', '=', id).executeTakeFirst();
    return row && accountOf(row);
  }

  async list(): Promise<Account[]> {
    const rows = await this.#all().orderBy('username_key').execute();
    return rows.map(accountOf);
  }

  async insert(account: Omit<Account, 'id' | 'disabledAt'>): Promise<number> {
    const id = await allocateIds(this.#context, 'account', 1);
    await this.#context.db
      .insertInto('account')
      .values({
        tenant_id: this.#context.tenantId,
        id,
        ...recordValues({ ...account, disabledAt: null }),
        created_at: account.createdAt,
      })
      .execute();
    return id;
  }

  async update(account: Account): Promise<void> {
    await this.#context.db
      .updateTable('account')
      .set(recordValues(account))
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '=', account.id)
      .execute();
  }

  async remove(id: number): Promise<void> {
    await this.#context.db
      .deleteFrom('account')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '=', id)
      .execute();
  }

  #all() {
    return this.#context.db
      .selectFrom('account')
      .select(accountColumns)
      .where('tenant_id', '=', this.#context.tenantId);
  }
}

function recordValues(account: Omit<Account, 'id' | 'createdAt'>) {
  return {
    username: account.username,
    username_key: foldKey(account.username),
    password_hash: account.passwordHash,
    capabilities: JSON.stringify(account.capabilities),
    organizations: JSON.stringify(account.organizations),
    disabled_at: account.disabledAt,
  };
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    capabilities: JSON.parse(row.capabilities),
    organizations: JSON.parse(row.organizations),
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  };
}
