import type { IdSequence } from '../../ports/tenant-store.ts';
import type { StoreContext } from './context.ts';
import { runFixed } from './fixed-query.ts';

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

/** Moves the sequence on by `count` ids and gives the one that comes next. */
async function moveSequence(context: StoreContext, sequence: IdSequence, count: number): Promise<number> {
  const moved = context.db
    .insertInto('id_sequence')
    .values({ tenant_id: context.tenantId, name: sequence, next_id: 1 + count })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'name'])
        .doUpdateSet((eb) => ({ next_id: eb('id_sequence.next_id', '+', count) })),
    )
    .returning('next_id');
  const [row] = await runFixed(context.db, moved);
  return row!.next_id;
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
