import { sql } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';

/** So many ids have their patrons counted together: the migration that made `patron_block` says the same. */
export const idsPerBlock = 1024;

/** Keeps the number of patrons in each block of ids: counts everybody without reading through all of them. */
export class PatronBlocks {
  readonly #context: StoreContext;
  readonly #count: FixedQuery<TenantTables, unknown, 'block' | 'count'>;

  constructor(context: StoreContext) {
    this.#context = context;
    this.#count = new FixedQuery(context.db, (db, value) => {
      const count = sql<number>`${value('count')}`;
      return db
        .insertInto('patron_block')
        .values({ tenant_id: context.tenantId, block: sql<number>`${value('block')}`, patrons: count })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'block'])
            .doUpdateSet((eb) => ({ patrons: eb('patron_block.patrons', '+', count) })),
        );
    });
  }

  /** Counts patrons that came or went. Ids come in blocks as well: only a block that is full is written down at once. */
  async add(ids: readonly number[], by: 1 | -1): Promise<void> {
    const held = this.#context.heldBlocks;
    const counts = held ?? new Map<number, number>();
    for (const id of ids) {
      const block = Math.floor(id / idsPerBlock);
      counts.set(block, (counts.get(block) ?? 0) + by);
    }
    if (held === undefined) return this.#write(counts);
    const full = [...held].filter(([, count]) => count === idsPerBlock);
    for (const [block] of full) held.delete(block);
    await this.#write(full);
  }

  /** Writes down what is held: to be done before the counts are read, and before the commit. */
  async settle(): Promise<void> {
    const held = this.#context.heldBlocks;
    if (held === undefined || held.size === 0) return;
    const counts = [...held];
    held.clear();
    await this.#write(counts);
  }

  async #write(counts: Iterable<readonly [block: number, count: number]>): Promise<void> {
    for (const [block, count] of counts) if (count !== 0) await this.#count.send({ block, count });
  }
}
