import type { Selectable } from 'kysely';
import { withoutContactPerson } from '../../domain/group/contact-person.ts';
import type { Channel } from '../../ports/changes.ts';
import type { Page } from '../../ports/patrons.ts';
import type {
  JournalEntity,
  RecordChange,
  RecordChangeReader,
  RecordChangeWriter,
  StoredRecordChange,
} from '../../ports/record-changes.ts';
import type { RecordEntity } from '../../ports/records.ts';
import { entityCode, recordActionCode } from '../schema/codes.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { readPage } from './page.ts';
import { purgeJournal } from './purge-journal.ts';
import { recordMappings } from './record-mapping.ts';
import { allocateIds } from './sequences.ts';

/** The journal of groups, sections, members, sets and registries. */
export class RecordChangeStore implements RecordChangeReader, RecordChangeWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listByRecord(
    entity: JournalEntity,
    recordId: number,
    filter: { readonly withMembers?: boolean; readonly page: number; readonly pageSize: number },
  ): Promise<Page<StoredRecordChange>> {
    const entities = filter.withMembers === true ? [entity, 'member' as const] : [entity];
    const newestFirst = this.#all()
      .where('record_id', '=', recordId)
      .where('entity', 'in', entities.map(entityCode.toNumber))
      .orderBy('id', 'desc');
    return readPage(newestFirst, filter, changeOf);
  }

  async listByPatron(patronId: number): Promise<StoredRecordChange[]> {
    const rows = await this.#all().where('patron_id', '=', patronId).orderBy('id').execute();
    return rows.map(changeOf);
  }

  async listNamingPerson(patronId: number): Promise<StoredRecordChange[]> {
    // Also finds ids that begin with the same digits.
    const named = `%"contactPatronId":${patronId}%`;
    const rows = await this.#all()
      .where((eb) => eb.or([eb('before', 'like', named), eb('after', 'like', named)]))
      .orderBy('id')
      .execute();
    return rows
      .map(changeOf)
      .filter(({ before, after }) =>
        [before, after].some((values) => values?.['contactPatronId'] === patronId),
      );
  }

  async listRecordsOfRun(
    runId: number,
    entity: JournalEntity,
    afterId: number,
    limit: number,
  ): Promise<number[]> {
    const journalled = await this.#context.db
      .selectFrom('record_change')
      .select('record_id')
      .distinct()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('run_id', '=', runId)
      .where('entity', '=', entityCode.toNumber(entity))
      .where('record_id', '>', afterId)
      .orderBy('record_id')
      .limit(limit)
      .execute();
    const ids = new Set(journalled.map(({ record_id }) => record_id));
    const made = await (entity === 'member'
      ? this.#sectionsFilledBy(runId, afterId, limit)
      : this.#recordsMadeBy(runId, entity, afterId, limit));
    for (const id of made) ids.add(id);
    return [...ids].sort((a, b) => a - b).slice(0, limit);
  }

  async mapByRecord(
    entity: JournalEntity,
    recordIds: readonly number[],
  ): Promise<Map<number, StoredRecordChange[]>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await db
      .selectFrom(tools.wantedIds(recordIds))
      .crossJoin('record_change')
      .selectAll('record_change')
      .where('record_change.tenant_id', '=', tenantId)
      .whereRef('record_change.record_id', '=', 'wanted.value')
      .where('record_change.entity', '=', entityCode.toNumber(entity))
      .orderBy('record_change.record_id')
      .orderBy('record_change.id')
      .execute();
    return Map.groupBy(rows.map(changeOf), ({ recordId }) => recordId);
  }

  async append(changes: readonly RecordChange[]): Promise<void> {
    if (changes.length === 0) return;
    const first = await allocateIds(this.#context, 'change', changes.length);
    await this.#context.tools.insertRows(
      'record_change',
      { tenant_id: this.#context.tenantId },
      [
        'id',
        'run_id',
        'at',
        'actor',
        'channel',
        'entity',
        'record_id',
        'patron_id',
        'action',
        'before',
        'after',
      ],
      changes.flatMap((change, index) => [
        first + index,
        change.runId,
        change.at,
        change.actor.name,
        change.actor.channel,
        entityCode.toNumber(change.entity),
        change.recordId,
        change.patronId,
        recordActionCode.toNumber(change.action),
        change.before && JSON.stringify(change.before),
        change.after && JSON.stringify(change.after),
      ]),
    );
  }

  async removeByPatron(patronId: number): Promise<void> {
    const { db, tools, tenantId } = this.#context;
    // The stamp moves with it: a plan made before may rest on the patron that is being erased.
    await allocateIds(this.#context, 'change', 1);
    await db
      .deleteFrom('record_change')
      .where('tenant_id', '=', tenantId)
      .where('patron_id', '=', patronId)
      .execute();
    const naming = await this.listNamingPerson(patronId);
    await tools.updateRows(
      'record_change',
      ['tenant_id', 'id'],
      ['before', 'after'],
      naming.map(({ id, before, after }) => [
        tenantId,
        id,
        before && JSON.stringify(withoutContactPerson(before, patronId)),
        after && JSON.stringify(withoutContactPerson(after, patronId)),
      ]),
    );
  }

  purgeBefore(at: number, limit: number): Promise<number> {
    return purgeJournal(this.#context, 'record_change', at, limit);
  }

  async #sectionsFilledBy(runId: number, afterId: number, limit: number): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('section_member')
      .select('section_id')
      .distinct()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('created_run', '=', runId)
      .where('section_id', '>', afterId)
      .orderBy('section_id')
      .limit(limit)
      .execute();
    return rows.map(({ section_id }) => section_id);
  }

  async #recordsMadeBy(
    runId: number,
    entity: RecordEntity,
    afterId: number,
    limit: number,
  ): Promise<number[]> {
    const rows = await this.#context.db
      // Which table it is makes no difference to what is asked of it.
      .selectFrom(recordMappings[entity].table as 'section')
      .select('id')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('created_run', '=', runId)
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  #all() {
    return this.#context.db
      .selectFrom('record_change')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
  }
}

function changeOf(row: Selectable<TenantTables['record_change']>): StoredRecordChange {
  return {
    id: row.id,
    runId: row.run_id,
    at: row.at,
    actor: { name: row.actor, channel: row.channel as Channel },
    entity: entityCode.toWord(row.entity),
    recordId: row.record_id,
    patronId: row.patron_id,
    action: recordActionCode.toWord(row.action),
    before: valuesIn(row.before),
    after: valuesIn(row.after),
  };
}

function valuesIn(text: string | null): Record<string, unknown> | null {
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}
