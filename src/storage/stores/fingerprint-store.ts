import type { FingerprintReader, FingerprintSet, FingerprintWriter } from '../../ports/fingerprints.ts';
import type { ImportKindName } from '../../ports/runs.ts';
import type { StoreContext } from './context.ts';

/** Where so many are touched at once, nearly everybody is: the whole set goes rather than a row for each. */
const voidedAtOnceMax = 400;

export class FingerprintStore implements FingerprintReader, FingerprintWriter {
  readonly #context: StoreContext;
  /** The kinds that have a set, once asked for in a long transaction, which is the only writer. */
  #kinds: Set<string> | undefined;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async findSet(kind: ImportKindName): Promise<FingerprintSet | undefined> {
    return this.#context.db
      .selectFrom('fingerprint_set')
      .select(['seed', 'context'])
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .executeTakeFirst();
  }

  async readBlock(kind: ImportKindName, block: number): Promise<Uint8Array | undefined> {
    const row = await this.#context.db
      .selectFrom('fingerprint_block')
      .select('entries')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .where('block', '=', block)
      .executeTakeFirst();
    return row?.entries;
  }

  async listVoid(kind: ImportKindName): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('fingerprint_void')
      .select('patron_id')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .orderBy('patron_id')
      .execute();
    return rows.map((row) => row.patron_id);
  }

  async beginSet(kind: ImportKindName, { seed, context }: FingerprintSet): Promise<void> {
    await this.#removeSet(kind);
    await this.#context.db
      .insertInto('fingerprint_set')
      .values({ tenant_id: this.#context.tenantId, kind, seed, context })
      .execute();
    this.#kinds?.add(kind);
  }

  async saveBlock(kind: ImportKindName, block: number, entries: Uint8Array): Promise<void> {
    await this.#context.db
      .insertInto('fingerprint_block')
      .values({ tenant_id: this.#context.tenantId, kind, block, entries })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'block']).doUpdateSet({ entries }))
      .execute();
  }

  async clearVoid(kind: ImportKindName): Promise<void> {
    await this.#context.db
      .deleteFrom('fingerprint_void')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .execute();
  }

  async touched(patronIds: readonly number[], by: ImportKindName | undefined): Promise<void> {
    if (patronIds.length === 0) return;
    for (const kind of await this.#kindsWithSet()) {
      if (kind === by) continue;
      if (patronIds.length > voidedAtOnceMax) await this.#removeSet(kind);
      else await this.#void(kind, patronIds);
    }
  }

  async #void(kind: string, patronIds: readonly number[]): Promise<void> {
    await this.#context.db
      .insertInto('fingerprint_void')
      .values(
        [...new Set(patronIds)].map((patronId) => ({
          tenant_id: this.#context.tenantId,
          kind,
          patron_id: patronId,
        })),
      )
      .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'patron_id']).doNothing())
      .execute();
  }

  async #kindsWithSet(): Promise<string[]> {
    if (this.#kinds) return [...this.#kinds];
    const rows = await this.#context.db
      .selectFrom('fingerprint_set')
      .select('kind')
      .where('tenant_id', '=', this.#context.tenantId)
      .execute();
    const kinds = new Set(rows.map((row) => row.kind));
    if (this.#context.heldIds) this.#kinds = kinds;
    return [...kinds];
  }

  async #removeSet(kind: string): Promise<void> {
    for (const table of ['fingerprint_block', 'fingerprint_void', 'fingerprint_set'] as const) {
      await this.#context.db
        .deleteFrom(table)
        .where('tenant_id', '=', this.#context.tenantId)
        .where('kind', '=', kind)
        .execute();
    }
    this.#kinds?.delete(kind);
  }
}
