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
import { purgeJournal } from './purge-journal.ts';
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

  async listPatronsOfRun(runId: number, afterPatronId: number, limit: number): Promise<number[]> {
    const { db, tenantId } = this.#context;
    const journalled = db
      .selectFrom('change')
      .select('patron_id')
      .distinct()
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', runId)
      .where('patron_id', '>', afterPatronId)
      .orderBy('patron_id')
      .limit(limit);
    const withContacts = db
      .selectFrom('contact_list')
      .select('patron_id')
      .where('tenant_id', '=', tenantId)
      .where('created_runs', 'like', `% ${runId} %`)
      .where('patron_id', '>', afterPatronId)
      .orderBy('patron_id')
      .limit(limit);
    const made = db
      .selectFrom('patron')
      .select('id as patron_id')
      .where('tenant_id', '=', tenantId)
      .where('created_run', '=', runId)
      .where('id', '>', afterPatronId)
      .orderBy('id')
      .limit(limit);
    const ids = new Set<number>();
    for (const query of [journalled, withContacts, made]) {
      for (const row of await query.execute()) ids.add(row.patron_id);
    }
    return [...ids].sort((a, b) => a - b).slice(0, limit);
  }

  async mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredChange[]>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await db
      .selectFrom(tools.wantedIds(patronIds))
      .crossJoin('change')
      .selectAll('change')
      .where('change.tenant_id', '=', tenantId)
      .whereRef('change.patron_id', '=', 'wanted.value')
      .orderBy('change.patron_id')
      .orderBy('change.id')
      .execute();
    return Map.groupBy(rows.map(changeOf), (change) => change.patronId);
  }

  stamp(): Promise<number> {
    return peekNextId(this.#context, 'change');
  }

  async append(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { tools, tenantId } = this.#context;
    const first = await allocateIds(this.#context, 'change', changes.length);
    const values = changes.flatMap((change, index) => [
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
    ]);
    await tools.insertRows(
      'change',
      { tenant_id: tenantId },
      ['id', 'run_id', 'at', 'actor', 'channel', 'patron_id', 'entity', 'action', 'before', 'after'],
      values,
    );
  }

  async removeByPatron(patronId: number): Promise<void> {
    // The stamp moves with it: a plan made before may rest on the patron that is being erased.
    await allocateIds(this.#context, 'change', 1);
    await this.#context.db
      .deleteFrom('change')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .execute();
  }

  purgeBefore(at: number, limit: number): Promise<number> {
    return purgeJournal(this.#context, 'change', at, limit);
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
