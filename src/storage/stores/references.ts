import { sql } from 'kysely';
import { MusterError } from '../../domain/errors.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';

/** Where ids of a record stand elsewhere; `kinds` (of an entry) says whose ids they are. */
export interface Reference {
  readonly table: keyof TenantTables;
  readonly column: string;
  readonly kinds?: readonly number[];
}

/** Those of the ids, ascending, that one of the references holds. */
export async function listReferred(
  { db, tools, tenantId }: StoreContext,
  references: readonly Reference[],
  ids: readonly number[],
): Promise<number[]> {
  const found = new Set<number>();
  for (const { table, column, kinds } of ids.length === 0 ? [] : references) {
    const ofKind = kinds === undefined ? sql`` : sql`and referring.kind in (${sql.join(kinds)})`;
    const referred = sql<boolean>`exists (
      select 1 from ${sql.table(table)} as referring
      where referring.tenant_id = ${tenantId} and referring.${sql.ref(column)} = wanted.value ${ofKind})`;
    const rows = await db.selectFrom(tools.wantedIds(ids)).select('wanted.value').where(referred).execute();
    for (const { value } of rows) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

/** `conflict` where one of the ids is referred to; `what` says what they are ids of. */
export async function refuseReferred(
  context: StoreContext,
  references: readonly Reference[],
  ids: readonly number[],
  what: string,
): Promise<void> {
  const referred = await listReferred(context, references, ids);
  if (referred.length === 0) return;
  throw new MusterError(
    'conflict',
    `Something still refers to ${what} ${referred.slice(0, 10).join(', ')}. Change or remove that first.`,
  );
}
