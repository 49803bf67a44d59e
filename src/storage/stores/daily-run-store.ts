import { sql, type Selectable } from 'kysely';
import type { Day } from '../../domain/access/term.ts';
import type {
  DailyRun,
  DailyRunReader,
  DailyRunWriter,
  StatusChange,
  TermEntity,
  TurningTerm,
} from '../../ports/daily-runs.ts';
import type { Page } from '../../ports/patrons.ts';
import { entityCode, termStatusCode } from '../schema/codes.ts';
import { dayNumber, dayOf } from '../schema/days.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { readPage } from './page.ts';
import { listDatedTerms, listDueTerms, termTables } from './turning-terms.ts';

/** Daily runs, what they changed, and what is due. */
export class DailyRunStore implements DailyRunReader, DailyRunWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async findLast(): Promise<DailyRun | undefined> {
    const row = await this.#runs().orderBy('day', 'desc').limit(1).executeTakeFirst();
    return row && runOf(row);
  }

  async find(day: Day): Promise<DailyRun | undefined> {
    const row = await this.#runs().where('day', '=', dayNumber(day)).executeTakeFirst();
    return row && runOf(row);
  }

  list(page: number, pageSize: number): Promise<Page<DailyRun>> {
    return readPage(this.#runs().orderBy('day', 'desc'), { page, pageSize }, runOf);
  }

  listChanges(
    day: Day,
    filter: { readonly page: number; readonly pageSize: number },
  ): Promise<Page<StatusChange>> {
    const changes = this.#changes()
      .where('day', '=', dayNumber(day))
      .orderBy('entity')
      .orderBy('record_id')
      .orderBy('patron_id');
    return readPage(changes, filter, changeOf);
  }

  async listChangesByPatron(patronId: number): Promise<(StatusChange & { readonly day: Day })[]> {
    const rows = await this.#changes()
      .where('patron_id', '=', patronId)
      .where(ofPatrons)
      .orderBy('day')
      .orderBy('record_id')
      .execute();
    return rows.map((row) => ({ day: dayOf(row.day), ...changeOf(row) }));
  }

  listDue(
    entity: TermEntity,
    day: Day,
    after: TurningTerm | undefined,
    limit: number,
  ): Promise<TurningTerm[]> {
    return listDueTerms(this.#context, entity, dayNumber(day) + 1, after, limit);
  }

  listDated(entity: TermEntity, from: Day, to: Day): Promise<Omit<TurningTerm, 'turn' | 'on'>[]> {
    return listDatedTerms(this.#context, entity, { from: dayNumber(from), before: dayNumber(to) });
  }

  async begin(day: Day, at: number): Promise<boolean> {
    const done = await this.#context.db
      .insertInto('daily_run')
      .values({
        tenant_id: this.#context.tenantId,
        day: dayNumber(day),
        at,
        activated: 0,
        inactivated: 0,
        gaining: 0,
        losing: 0,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'day']).doNothing())
      .executeTakeFirst();
    return done.numInsertedOrUpdatedRows === 1n;
  }

  async saveStatuses(day: Day | undefined, changes: readonly StatusChange[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    for (const [entity, ofEntity] of Map.groupBy(changes, (change) => change.entity)) {
      const { table, key } = termTables[entity];
      await tools.updateRows(
        table,
        ['tenant_id', ...key],
        ['status'],
        ofEntity.map(({ id, patronId, to }) => [
          tenantId,
          ...[id, patronId].slice(0, key.length),
          termStatusCode.toNumber(to),
        ]),
      );
    }
    if (day !== undefined) await this.#record(dayNumber(day), changes);
  }

  async #record(day: number, changes: readonly StatusChange[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const keyOf = ({ entity, id, patronId }: StatusChange) => [
      entityCode.toNumber(entity),
      id,
      patronId ?? 0,
    ];
    const recorded = await this.#changes().where('day', '=', day).limit(1).executeTakeFirst();
    if (recorded !== undefined) {
      await tools.deleteRows(
        'status_change',
        ['tenant_id', 'day', 'entity', 'record_id', 'patron_id'],
        changes.map((change) => [tenantId, day, ...keyOf(change)]),
      );
    }
    await tools.insertRows(
      'status_change',
      { tenant_id: tenantId, day },
      ['entity', 'record_id', 'patron_id', 'from_status', 'to_status'],
      changes.flatMap((change) => [
        ...keyOf(change),
        termStatusCode.toNumber(change.from),
        termStatusCode.toNumber(change.to),
      ]),
    );
  }

  async end({ day, at, activated, inactivated, gaining, losing }: DailyRun): Promise<void> {
    await this.#context.db
      .updateTable('daily_run')
      .set({ at, activated, inactivated, gaining, losing })
      .where('tenant_id', '=', this.#context.tenantId)
      .where('day', '=', dayNumber(day))
      .execute();
  }

  async removeByPatron(patronId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('status_change')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .where(ofPatrons)
      .execute();
  }

  async purgeBefore(day: Day, limit: number): Promise<number> {
    const { tools, tenantId } = this.#context;
    const old = await this.#changes()
      .where('day', '<', dayNumber(day))
      .orderBy('day')
      .orderBy('entity')
      .orderBy('record_id')
      .orderBy('patron_id')
      .limit(limit)
      .execute();
    await tools.deleteRows(
      'status_change',
      ['tenant_id', 'day', 'entity', 'record_id', 'patron_id'],
      old.map((row) => [tenantId, row.day, row.entity, row.record_id, row.patron_id]),
    );
    return old.length;
  }

  #runs() {
    return this.#context.db
      .selectFrom('daily_run')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
  }

  #changes() {
    return this.#context.db
      .selectFrom('status_change')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
  }
}

/** As the index says it, or it would not be used. */
const ofPatrons = sql<boolean>`patron_id > 0`;

function runOf(row: Selectable<TenantTables['daily_run']>): DailyRun {
  const { day, at, activated, inactivated, gaining, losing } = row;
  return { day: dayOf(day), at, activated, inactivated, gaining, losing };
}

function changeOf(row: Selectable<TenantTables['status_change']>): StatusChange {
  return {
    entity: entityCode.toWord(row.entity) as TermEntity,
    id: row.record_id,
    patronId: row.patron_id === 0 ? null : row.patron_id,
    from: termStatusCode.toWord(row.from_status),
    to: termStatusCode.toWord(row.to_status),
  };
}
