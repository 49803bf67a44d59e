import type { IdSequence } from '../../ports/tenant-store.ts';
import type { StoreContext } from './context.ts';

/** Takes `count` new ids of the sequence within the running transaction and gives the first. */
export async function allocateIds(
  context: StoreContext,
  sequence: IdSequence,
  count: number,
): Promise<number> {
  const row = await context.db
    .insertInto('id_sequence')
    .values({ tenant_id: context.tenantId, name: sequence, next_id: 1 + count })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'name'])
        .doUpdateSet((eb) => ({ next_id: eb('id_sequence.next_id', '+', count) })),
    )
    .returning('next_id')
    .executeTakeFirstOrThrow();
  return row.next_id - count;
}

/** The id that the sequence will give next. */
export async function peekNextId(context: StoreContext, sequence: IdSequence): Promise<number> {
  const row = await context.db
    .selectFrom('id_sequence')
    .select('next_id')
    .where('tenant_id', '=', context.tenantId)
    .where('name', '=', sequence)
    .executeTakeFirst();
  return row?.next_id ?? 1;
}
