import type { StoreContext } from './context.ts';

/** Deletes entries of a journal that are older than the instant, at most `limit`, the oldest first; gives how many. */
export async function purgeJournal(
  { db, tenantId }: StoreContext,
  table: 'change' | 'record_change',
  at: number,
  limit: number,
): Promise<number> {
  const old = db
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('at', '<', at)
    .orderBy('id')
    .limit(limit);
  const done = await db
    .deleteFrom(table)
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', old)
    .executeTakeFirst();
  return Number(done.numDeletedRows);
}
