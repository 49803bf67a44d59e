import { sql, type Kysely } from 'kysely';
import type { IdSequence } from '../../ports/tenant-store.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';

/**
 * Takes `count` new ids of the sequence within the running transaction and gives the first. Where the
 * transaction holds its sequences, only the first call for each has to ask.
 */
export async function allocateIds(
  context: StoreContext,
  sequence: IdSequence,
  count: number,
): Promise<number> {
  const held = context.heldIds;
  if (held === undefined) return (await moveSequence(context, sequence, count)) - count;
  if (!held.has(sequence)) {
    const stored = await peekNextId({ ...context, heldIds: undefined }, sequence);
    // Somebody who asked at the same time may have been told first, and has taken ids since.
    if (!held.has(sequence)) held.set(sequence, stored);
  }
  const first = held.get(sequence)!;
  held.set(sequence, first + count);
  return first;
}

/** Writes down how far the sequences went that a transaction held: to be done before it is committed. */
export async function saveHeldIds(context: StoreContext): Promise<void> {
  for (const [sequence, next] of context.heldIds ?? []) {
    const stored = await peekNextId({ ...context, heldIds: undefined }, sequence);
    await moveSequence(context, sequence, next - stored);
  }
}

type Moving = FixedQuery<TenantTables, { next_id: number }, 'tenant' | 'name' | 'count' | 'next'>;

/** An import takes ids for each batch: the query is built once for each way to the database. */
const movings = new WeakMap<Kysely<TenantTables>, Moving>();

/** Moves the sequence on by `count` ids and gives the one that comes next. */
async function moveSequence(context: StoreContext, name: IdSequence, count: number): Promise<number> {
  const { db, tenantId: tenant } = context;
  let moving = movings.get(db);
  if (moving === undefined) movings.set(db, (moving = newMoving(db)));
  const [row] = await moving.execute({ tenant, name, count, next: 1 + count });
  return row!.next_id;
}

function newMoving(db: Kysely<TenantTables>): Moving {
  return new FixedQuery(db, (_, value) =>
    db
      .insertInto('id_sequence')
      .values({
        tenant_id: sql<number>`${value('tenant')}`,
        name: value('name'),
        next_id: sql<number>`${value('next')}`,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'name']).doUpdateSet((eb) => ({
          next_id: eb('id_sequence.next_id', '+', sql<number>`${value('count')}`),
        })),
      )
      .returning('next_id'),
  );
}

/** The id that the sequence will give next. */
export async function peekNextId(context: StoreContext, sequence: IdSequence): Promise<number> {
  const held = context.heldIds?.get(sequence);
  if (held !== undefined) return held;
  const row = await context.db
    .selectFrom('id_sequence')
    .select('next_id')
    .where('tenant_id', '=', context.tenantId)
    .where('name', '=', sequence)
    .executeTakeFirst();
  return row?.next_id ?? 1;
}
