import type { AuditEntry, AuditReader, AuditWriter } from '../../ports/audit.ts';
import type { Channel } from '../../ports/changes.ts';
import type { Page } from '../../ports/patrons.ts';
import type { StoreContext } from './context.ts';
import { readPage } from './page.ts';
import { allocateIds } from './sequences.ts';

export class AuditStore implements AuditReader, AuditWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async list(page: number, pageSize: number): Promise<Page<AuditEntry>> {
    const newestFirst = this.#context.db
      .selectFrom('audit')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId)
      .orderBy('id', 'desc');
    return readPage(newestFirst, { page, pageSize }, (row) => ({
      id: row.id,
      at: row.at,
      actor: { name: row.actor, channel: row.channel as Channel },
      action: row.action,
      subject: row.subject,
      detail: JSON.parse(row.detail) as Record<string, unknown>,
    }));
  }

  async append(entry: Omit<AuditEntry, 'id'>): Promise<void> {
    const id = await allocateIds(this.#context, 'audit', 1);
    await this.#context.db
      .insertInto('audit')
      .values({
        tenant_id: this.#context.tenantId,
        id,
        at: entry.at,
        actor: entry.actor.name,
        channel: entry.actor.channel,
        action: entry.action,
        subject: entry.subject,
        detail: JSON.stringify(entry.detail),
      })
      .execute();
  }
}
