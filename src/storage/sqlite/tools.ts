import { sql } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, Value, Wanted } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';
import { LateIndexes } from './late-indexes.ts';
import { TrigramSearch } from './trigram-search.ts';

/** Rows an INSERT: measured best between one row a call and SQLite's limit of parameters. */
const rowsPerInsert = 25;

/** The embedded engine's own fast ways, on one connection. */
export class SqliteTools implements EngineTools {
  readonly search: TrigramSearch;
  readonly lateIndexes: LateIndexes;
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection, tenantId: number) {
    this.#connection = connection;
    this.search = new TrigramSearch(connection, tenantId);
    this.lateIndexes = new LateIndexes(connection);
  }

  insertRows(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void> {
    const same = Object.values(constants);
    const width = columns.length;
    const rowCount = values.length / width;
    const parameters: Value[] = [];
    const insert = (start: number, rows: number) => {
      parameters.length = 0;
      for (let row = start; row < start + rows; row++) {
        for (const value of same) parameters.push(value);
        for (let at = row * width; at < (row + 1) * width; at++) parameters.push(values[at]!);
      }
      const text = insertText(table, Object.keys(constants).concat(columns), rows);
      this.#connection.run(text, parameters);
    };
    const whole = rowCount - (rowCount % rowsPerInsert);
    for (let start = 0; start < whole; start += rowsPerInsert) insert(start, rowsPerInsert);
    for (let start = whole; start < rowCount; start++) insert(start, 1);
    this.lateIndexes.inserted(table, rowCount);
    return Promise.resolve();
  }

  updateRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    setColumns: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const sets = setColumns.map((name) => `"${name}" = ?`).join(', ');
    const keys = keyColumns.map((name) => `"${name}" = ?`).join(' and ');
    const text = `update "${table}" set ${sets} where ${keys}`;
    for (const row of rows) {
      this.#connection.run(text, [...row.slice(keyColumns.length), ...row.slice(0, keyColumns.length)]);
    }
    return Promise.resolve();
  }

  deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void> {
    const text = `delete from "${table}" where ${keyColumns.map((name) => `"${name}" = ?`).join(' and ')}`;
    for (const key of keys) this.#connection.run(text, key);
    return Promise.resolve();
  }

  wantedIds = wantedValues<number>;
  wantedTexts = wantedValues<string>;
  wantedPacked = wantedOf<number>;
  packIds = (ids: readonly number[]): string => JSON.stringify(ids);
  listed = (column: string) => sql<string | null>`json_group_array(${sql.ref(column)})`;
}

/** The list as one JSON parameter: SQLite takes it apart faster than it binds as many. */
function wantedValues<V extends string | number>(values: readonly V[]): Wanted<V> {
  return wantedOf(JSON.stringify(values));
}

function wantedOf<V extends string | number>(json: unknown): Wanted<V> {
  return sql<{ value: V }>`json_each(${json})`.as('wanted');
}

const insertTexts = new Map<string, string>();

/**
 * An INSERT of so many rows. Its parameters are not numbered, though some are the same in every row: for a
 * numbered one the driver searches the list of all of them at each binding.
 */
function insertText(table: string, columns: readonly string[], rows: number): string {
  const key = `${table} ${rows} ${columns.join()}`;
  let text = insertTexts.get(key);
  if (text === undefined) {
    const row = `(${columns.map(() => '?').join(',')})`;
    const names = columns.map((name) => `"${name}"`).join(',');
    // A clash here is a bug that the plan should have found; OR ROLLBACK spares SQLite a statement journal.
    text = `insert or rollback into "${table}" (${names}) values ${Array.from({ length: rows }, () => row).join(',')}`;
    insertTexts.set(key, text);
  }
  return text;
}
