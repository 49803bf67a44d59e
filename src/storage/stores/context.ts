import type { AliasedExpression, Expression, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { IdSequence } from '../../ports/tenant-store.ts';
import type { PatronTable, TenantTables } from '../schema/tables.ts';

export type Value = string | number | null | Uint8Array;

/** A list of values as the table `wanted (value)`. */
export type Wanted<V extends string | number> = AliasedExpression<{ value: V }, 'wanted'>;

/** A list of ids as the one value that an engine takes for it. */
export type PackedIds = string | readonly number[];

/** What the engines do each in their own fast way; everything else is one Kysely text for both. */
export interface EngineTools {
  /**
   * Inserts rows; fastest in key order. `constants` are the columns that are the same in every row, `values`
   * those of `columns` row after row in one flat list: an array a row would cost as much as the insert.
   */
  insertRows(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void>;
  /** Updates rows found by `keyColumns`; each row holds the key values first, then those of `setColumns`. */
  updateRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    setColumns: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void>;
  deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void>;
  /**
   * A list of any length as the one-column table `wanted (value)` and one parameter. Cross-joined first and
   * matched by `whereRef`, so that a planner without statistics looks each value up instead of reading
   * through everything the tenant has.
   */
  wantedIds(ids: readonly number[]): Wanted<number>;
  /** The same of ids that are given later, as `packIds` gives them: for a query that is built once. */
  wantedPacked(ids: PackedIds): Wanted<number>;
  packIds(ids: readonly number[]): PackedIds;
  wantedTexts(texts: readonly string[]): Wanted<string>;
  /** All values of a column, or null for none, as the text of a JSON array: sooner made and read than as many rows. */
  listed(column: keyof PatronTable): RawBuilder<string | null>;
  readonly search: SearchIndex;
}

/** The contains-search over search text and own e-mails; kept in the same transaction as what it finds. */
export interface SearchIndex {
  /** Says that these patrons, or their own e-mails, were written or removed. */
  touched(patronIds: readonly number[]): Promise<void>;
  /** True for patrons (table `patron`) whose search text or own e-mail contains every one of the folded words. */
  contains(words: readonly string[]): Promise<Expression<SqlBool>>;
  /**
   * The ids, in order, of the next patrons after `afterId` that contain the words, at most `limit`; of those roles only,
   * where some are given. For an engine that goes along its index and the patrons at once; undefined where it knows no
   * better way than `contains`.
   */
  list?(
    words: readonly string[],
    roles: readonly number[] | undefined,
    afterId: number,
    limit: number,
  ): Promise<number[] | undefined>;
  /**
   * The next patrons in id order after `afterId` that may contain the words, at most `limit`: none is left out before
   * the last of them. Undefined where the engine knows no better way than `contains`.
   */
  candidates(words: readonly string[], afterId: number, limit: number): Promise<Candidates | undefined>;
}

export interface Candidates {
  readonly ids: readonly number[];
  /** True for those that do contain the words; where there is none, all of them do. */
  readonly fit?: Expression<SqlBool>;
}

/** What every store of one tenant is built on. */
export interface StoreContext {
  readonly db: Kysely<TenantTables>;
  readonly tenantId: number;
  readonly tools: EngineTools;
  /**
   * The next id of each sequence that a long write transaction has in hand. It is the only writer, so it need
   * not ask for every batch; `saveHeldIds` writes them down before the commit.
   */
  readonly heldIds?: Map<IdSequence, number> | undefined;
  /** How many patrons more each block of ids has than is written down, held in hand likewise (`patron-blocks.ts`). */
  readonly heldBlocks?: Map<number, number> | undefined;
}
