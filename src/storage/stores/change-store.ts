import type { Selectable } from 'kysely';
import type {
  Change,
  ChangeReader,
  ChangeSubject,
  ChangeWriter,
  Channel,
  StoredChange,
} from '../../ports/changes.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { allocateIds, peekNextId } from './sequences.ts';

export class ChangeStore implements ChangeReader, ChangeWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listByPatron(patronId: number, page: number, pageSize: number): Promise<StoredChange[]> {
    const rows = await this.#all()
      .where('patron_id', '=', patronId)
      .orderBy('id', 'desc')
      .limit(pageSize)
      .offset((page - 1) * pageSize)
      .execute();
    return rows.map(changeOf);
  }

  async listByRun(
    runId: number,
    after: { patronId: number; id: number },
    limit: number,
  ): Promise<StoredChange[]> {
    const rows = await this.#all()
      .where('run_id', '=', runId)
      .where((eb) =>
        eb.or([
          eb('patron_id', '>', after.patronId),
          eb.and([eb('patron_id', '=', after.patronId), eb('id', '>', after.id)]),
        ]),
      )
      .orderBy('patron_id')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(changeOf);
  }

  stamp(): Promise<number> {
    return peekNextId(this.#context, 'change');
  }

  async append(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { tools, tenantId } = this.#context;
    const first = await allocateIds(this.#context, 'change', changes.length);
    await tools.insertRows(
      'change',
      [
        'tenant_id',
        'id',
        'run_id',
        'at',
        'actor',
        'channel',
        'patron_id',
        'entity',
        'action',
        'before',
        'after',
      ],
      changes.map((change, index) => [
        tenantId,
        first + index,
        change.runId,
        change.at,
        change.actor.name,
        change.actor.channel,
        change.patronId,
        change.subject.entity,
        change.subject.action,
        'before' in change.subject ? JSON.stringify(change.subject.before) : null,
        'after' in change.subject ? JSON.stringify(change.subject.after) : null,
      ]),
    );
  }

  async removeByPatron(patronId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('change')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .execute();
  }

  async purgeBefore(at: number, limit: number): Promise<number> {
    const { db, tenantId } = this.#context;
    const old = db
      .selectFrom('change')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('at', '<', at)
      .orderBy('id')
      .limit(limit);
    const done = await db
      .deleteFrom('change')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', old)
      .executeTakeFirst();
    return Number(done.numDeletedRows);
  }

  #all() {
    return this.#context.db.selectFrom('change').selectAll().where('tenant_id', '=', this.#context.tenantId);
  }
}

function changeOf(row: Selectable<TenantTables['change']>): StoredChange {
  return {
    id: row.id,
    runId: row.run_id,
    at: row.at,
    actor: { name: row.actor, channel: row.channel as Channel },
    patronId: row.patron_id,
    subject: {
      entity: row.entity,
      action: row.action,
      ...(row.before === null ? {} : { before: JSON.parse(row.before) }),
      ...(row.after === null ? {} : { after: JSON.parse(row.after) }),
    } as ChangeSubject,
  };
}
