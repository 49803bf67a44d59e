import type { Expression, Kysely, SqlBool } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';

export type Value = string | number | null | Uint8Array;

/** What the engines do each in their own fast way; everything else is one Kysely text for both. */
export interface EngineTools {
  /** Inserts rows (arrays in the order of `columns`); fastest in key order. */
  insertRows(
    table: keyof TenantTables,
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
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
  /** `column IN (values)` for lists of any length as one parameter. */
  inList(column: string, values: readonly string[] | readonly number[]): Expression<SqlBool>;
  readonly search: SearchIndex;
}

/** The contains-search; kept in the same transaction as what it finds. Texts are already folded. */
export interface SearchIndex {
  patronsInserted(documents: readonly SearchDocument[]): Promise<void>;
  patronsChanged(documents: readonly SearchDocument[]): Promise<void>;
  patronsRemoved(ids: readonly number[]): Promise<void>;
  emailsInserted(documents: readonly SearchDocument[]): Promise<void>;
  emailsRemoved(contactIds: readonly number[]): Promise<void>;
  /** True for patrons (table `patron`) whose search text or own e-mail contains the folded word. */
  contains(word: string): Expression<SqlBool>;
}

export interface SearchDocument {
  readonly id: number;
  readonly text: string;
}

/** What every store of one tenant is built on. */
export interface StoreContext {
  readonly db: Kysely<TenantTables>;
  readonly tenantId: number;
  readonly tools: EngineTools;
}
