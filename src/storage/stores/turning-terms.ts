import { sql, type RawBuilder } from 'kysely';
import type { TermEntity, TurningTerm } from '../../ports/daily-runs.ts';
import { termStatusCode } from '../schema/codes.ts';
import { dayNumber, dayOf } from '../schema/days.ts';
import type { TermColumns } from '../schema/group-tables.ts';
import type { StoreContext } from './context.ts';
import { termOf } from './term-columns.ts';

/** Where the terms of each entity lie, and by what they are found. */
export const termTables = {
  group: { table: 'patron_group', key: ['id'] },
  section: { table: 'section', key: ['id'] },
  member: { table: 'section_member', key: ['section_id', 'patron_id'] },
  'authorization-set': { table: 'authorization_set', key: ['id'] },
} as const satisfies Record<TermEntity, { table: string; key: readonly string[] }>;

type TurningRow = TermColumns & { id: number; patron_id: number | null; turns_on: number };

/**
 * What each turn may still happen to: as the partial indexes `…_ends` and `…_starts` say it, word for word, or they
 * would not be used.
 */
const turns = {
  end: { date: sql.ref('end_date'), still: sql`status <> 3 and end_date is not null` },
  start: { date: sql.ref('start_date'), still: sql`status = 2` },
} as const;

/** Both turns, as the partial indexes of members know them. */
export const stillTurning = [turns.end, turns.start];

/** Ends, then starts of what has not ended, on dates before one; each by date and id. */
export async function listDueTerms(
  context: StoreContext,
  entity: TermEntity,
  before: number,
  after: TurningTerm | undefined,
  limit: number,
): Promise<TurningTerm[]> {
  const ends = after?.turn === 'start' ? [] : await dueOf(context, entity, 'end', before, after, limit);
  if (ends.length === limit) return ends;
  const started = after?.turn === 'start' ? after : undefined;
  return ends.concat(await dueOf(context, entity, 'start', before, started, limit - ends.length));
}

async function dueOf(
  { db, tenantId }: StoreContext,
  entity: TermEntity,
  turn: TurningTerm['turn'],
  before: number,
  after: TurningTerm | undefined,
  limit: number,
): Promise<TurningTerm[]> {
  const { table, key } = termTables[entity];
  const { date, still } = turns[turn];
  const keys = key.map((column) => sql.ref(column));
  const place = sql.join([date, ...keys]);
  const conditions: RawBuilder<unknown>[] = [sql`tenant_id = ${tenantId}`, still, sql`${date} < ${before}`];
  if (after) {
    const last = [dayNumber(after.on), after.id, after.patronId].slice(0, 1 + keys.length);
    conditions.push(sql`(${place}) > (${sql.join(last)})`);
  }
  if (turn === 'start') conditions.push(sql`(end_date is null or end_date >= ${before})`);
  const { rows } = await sql<TurningRow>`
    select ${keys[0]} as id, ${keys[1] ?? sql`null`} as patron_id, status, start_date, end_date, inactive_since,
      ${date} as turns_on
    from ${sql.table(table)} where ${sql.join(conditions, sql` and `)} order by ${place} limit ${limit}`.execute(
    db,
  );
  return rows.map((row) => ({
    id: row.id,
    patronId: row.patron_id,
    ...termOf(row),
    status: termStatusCode.toWord(row.status),
    turn,
    on: dayOf(row.turns_on),
  }));
}

/** Whatever starts or ends on a date from `from` to before `before`. */
export async function listDatedTerms(
  { db, tenantId }: StoreContext,
  entity: TermEntity,
  { from, before }: { readonly from: number; readonly before: number },
): Promise<Omit<TurningTerm, 'turn' | 'on'>[]> {
  const { table, key } = termTables[entity];
  const keys = key.map((column) => sql.ref(column));
  const within = (date: RawBuilder<unknown>) => sql`(${date} >= ${from} and ${date} < ${before})`;
  const { rows } = await sql<Omit<TurningRow, 'turns_on'>>`
    select ${keys[0]} as id, ${keys[1] ?? sql`null`} as patron_id, status, start_date, end_date, inactive_since
    from ${sql.table(table)}
    where tenant_id = ${tenantId} and (${within(turns.start.date)} or ${within(turns.end.date)})
    order by ${sql.join(keys)}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    patronId: row.patron_id,
    ...termOf(row),
    status: termStatusCode.toWord(row.status),
  }));
}
