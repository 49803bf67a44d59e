import { sql, type SelectQueryBuilder, type Simplify } from 'kysely';
import type { Page } from '../../ports/patrons.ts';

/** One page of what an ordered query finds, each row as `itemOf` makes it, with the number of all of them. */
export async function readPage<Tables, Names extends keyof Tables, Row, Item>(
  ordered: SelectQueryBuilder<Tables, Names, Row>,
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
  itemOf: (row: Simplify<Row>) => Item,
): Promise<Page<Item>> {
  const rows = await ordered
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const counted = await ordered
    .clearSelect()
    .clearOrderBy()
    .select(sql<number>`count(*)`.as('n'))
    .executeTakeFirstOrThrow();
  return { items: rows.map((row) => itemOf(row)), total: Number((counted as { n: number }).n) };
}
