import { defaultThresholds } from '../../domain/guard/change-threshold.ts';
import type { SettingReader, SettingWriter, TenantSettings } from '../../ports/settings.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';

/** What holds until a tenant chooses otherwise. */
const defaults: TenantSettings = {
  bccDefault: 'FALSE', // I13: SCHOOL_DEFAULT means FALSE at first.
  personIdField: 'externalid', // S3: Person-ID is the externalid unless a tenant says otherwise.
  changeThresholds: defaultThresholds,
  holdAfterUndo: true,
  clientsMayMakeLibrarians: true, // F16: all four roles may be set, unless a tenant forbids this one.
  deliveryRetentionDays: 14,
  journalRetentionDays: 400,
  oneTimeCodeMinutes: 5, // F5, as the next one.
  sessionTokenMinutes: 60,
  fsiAnswerAsText: false, // F2: `d` is an object unless a tenant says otherwise.
  journalKeptFrom: 0,
};

export class SettingStore implements SettingReader, SettingWriter {
  readonly #context: StoreContext;

  /** Asked for by every call of an API client. */
  readonly #all: FixedQuery<TenantTables, { name: string; value: string }, never>;

  constructor(context: StoreContext) {
    this.#context = context;
    this.#all = new FixedQuery(context.db, (db) =>
      db.selectFrom('setting').select(['name', 'value']).where('tenant_id', '=', context.tenantId),
    );
  }

  async get(): Promise<TenantSettings> {
    const rows = await this.#all.execute({});
    const chosen = Object.fromEntries(
      rows.map((row) => [row.name, JSON.parse(row.value)]),
    ) as Partial<TenantSettings>;
    // A threshold that a later version brings has its default beside those that were chosen.
    const changeThresholds = { ...defaults.changeThresholds, ...chosen.changeThresholds };
    return { ...defaults, ...chosen, changeThresholds };
  }

  async save(settings: Partial<TenantSettings>): Promise<void> {
    for (const [name, chosen] of Object.entries(settings)) {
      const value = JSON.stringify(chosen);
      await this.#context.db
        .insertInto('setting')
        .values({ tenant_id: this.#context.tenantId, name, value })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doUpdateSet({ value }))
        .execute();
    }
  }
}
