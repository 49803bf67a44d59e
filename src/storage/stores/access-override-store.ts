import type {
  AccessOverride,
  AccessOverrideReader,
  AccessOverrideWriter,
  AccessTarget,
} from '../../ports/access.ts';
import type { Page } from '../../ports/patrons.ts';
import { entryKindCode } from '../schema/codes.ts';
import type { StoreContext } from './context.ts';
import { readPage } from './page.ts';
import { allocateIds } from './sequences.ts';

/** What operators let patrons have though no set grants it. */
export class AccessOverrideStore implements AccessOverrideReader, AccessOverrideWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async list(filter: {
    readonly patronId?: number;
    readonly page: number;
    readonly pageSize: number;
  }): Promise<Page<AccessOverride>> {
    let query = this.#context.db
      .selectFrom('access_override')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
    if (filter.patronId !== undefined) query = query.where('patron_id', '=', filter.patronId);
    return readPage(query.orderBy('id', 'desc'), filter, (row) => ({
      id: row.id,
      at: row.at,
      operator: row.operator,
      patronId: row.patron_id,
      target: { kind: entryKindCode.toWord(row.target_kind) as AccessTarget['kind'], id: row.target_id },
      reason: row.reason,
    }));
  }

  async insert(override: Omit<AccessOverride, 'id'>): Promise<AccessOverride> {
    const id = await allocateIds(this.#context, 'access-override', 1);
    const { at, operator, patronId, target, reason } = override;
    await this.#context.db
      .insertInto('access_override')
      .values({
        tenant_id: this.#context.tenantId,
        id,
        at,
        operator,
        patron_id: patronId,
        target_kind: entryKindCode.toNumber(target.kind),
        target_id: target.id,
        reason,
      })
      .execute();
    return { id, ...override };
  }

  async removeByPatron(patronId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('access_override')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .execute();
  }
}
