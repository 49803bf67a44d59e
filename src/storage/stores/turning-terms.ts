import { sql, type RawBuilder } from 'kysely';
import type { MembersTurning, TermEntity, TurningTerm } from '../../ports/daily-runs.ts';
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

/** Dates as they are stored, `before` not among them; without `from`, since ever. */
export interface TurnWindow {
  readonly from?: number;
  readonly before: number;
}

type TurningRow = TermColumns & { id: number; patron_id: number | null; turns_on: number };

/**
 * What each turn may still happen to: as the partial indexes `…_ends` and `…_starts` say it, word for word, or they
 * would not be used.
 */
const turns = {
  end: { date: sql.ref('end_date'), still: sql`status <> 3 and end_date is not null` },
  start: { date: sql.ref('start_date'), still: sql`status = 2` },
} as const;

/** Ends, then starts, each by date and id; `dueOnce` leaves out starts of what ends in the window as well. */
export async function listTurns(
  context: StoreContext,
  entity: TermEntity,
  window: TurnWindow,
  after: TurningTerm | undefined,
  limit: number,
  dueOnce = false,
): Promise<TurningTerm[]> {
  const ends = after?.turn === 'start' ? [] : await turnsOf(context, entity, 'end', window, after, limit);
  if (ends.length === limit) return ends;
  const started = after?.turn === 'start' ? after : undefined;
  const left = limit - ends.length;
  return ends.concat(await turnsOf(context, entity, 'start', window, started, left, dueOnce));
}

async function turnsOf(
  { db, tenantId }: StoreContext,
  entity: TermEntity,
  turn: TurningTerm['turn'],
  { from, before }: TurnWindow,
  after: TurningTerm | undefined,
  limit: number,
  dueOnce = false,
): Promise<TurningTerm[]> {
  const { table, key } = termTables[entity];
  const { date, still } = turns[turn];
  const keys = key.map((column) => sql.ref(column));
  const place = sql.join([date, ...keys]);
  const conditions: RawBuilder<unknown>[] = [sql`tenant_id = ${tenantId}`, still, sql`${date} < ${before}`];
  if (after) {
    const last = [dayNumber(after.on), after.id, after.patronId].slice(0, 1 + keys.length);
    conditions.push(sql`(${place}) > (${sql.join(last)})`);
  } else if (from !== undefined) conditions.push(sql`${date} >= ${from}`);
  if (dueOnce) conditions.push(sql`(end_date is null or end_date >= ${before})`);
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

/** Whatever starts or ends in the window. */
export async function listDatedTerms(
  { db, tenantId }: StoreContext,
  entity: TermEntity,
  { from, before }: Required<TurnWindow>,
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

/** Members turning in the window, counted by turn, date and section. */
export async function countMemberTurns(
  { db, tenantId }: StoreContext,
  { from, before }: Required<TurnWindow>,
): Promise<MembersTurning[]> {
  const counted: MembersTurning[] = [];
  for (const turn of ['end', 'start'] as const) {
    const { date, still } = turns[turn];
    const { rows } = await sql<{ turns_on: number; section_id: number; n: number }>`
      select ${date} as turns_on, section_id, count(*) as n from section_member
      where tenant_id = ${tenantId} and ${still} and ${date} >= ${from} and ${date} < ${before}
      group by ${date}, section_id order by ${date}, section_id`.execute(db);
    for (const { turns_on, section_id, n } of rows) {
      counted.push({ turn, on: dayOf(turns_on), sectionId: section_id, count: Number(n) });
    }
  }
  return counted;
}
