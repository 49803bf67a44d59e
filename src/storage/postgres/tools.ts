import { sql } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, PackedIds, Value, Wanted } from '../stores/context.ts';
import type { Statement } from './local-query.ts';
import type { TrigramSearch } from './trigram-search.ts';
import type { Gathering } from './gathering.ts';
import { insertText, packArray, stageRows, typeOf, type ColumnTypes } from './staging.ts';
import { nameOf } from './statement-names.ts';

/**
 * A list as one parameter, of the type that its column has. Behind a SELECT the planner does not see how long it is
 * and takes it for ten: then it looks each value up, also where it knows nothing of the table yet, as in the middle
 * of a first load. Where it sees hundreds, it reads through all of the tenant instead.
 */
const wanted = {
  wantedIds: wantedPacked,
  wantedPacked,
  packIds: (ids: readonly number[]) => ids,
  wantedTexts: (texts: readonly string[]): Wanted<string> =>
    sql<{ value: string }>`unnest((select ${texts}::text[]))`.as<'wanted'>(sql`wanted (value)`),
  listed: (column: string) => sql<string | null>`json_agg(${sql.ref(column)})::text`,
};

function wantedPacked(ids: PackedIds): Wanted<number> {
  return sql<{ value: number }>`unnest((select ${ids}::bigint[]))`.as<'wanted'>(sql`wanted (value)`);
}

/** What readers have of PostgreSQL's own ways. */
export function readerTools(search: TrigramSearch): EngineTools {
  const refuse = () => Promise.reject(new Error('a reader was asked to write'));
  return { ...wanted, insertRows: refuse, updateRows: refuse, deleteRows: refuse, search };
}

/** More would only make a message large. */
const rowsPerInsert = 10_000;
/** For more rows than this, planning the statement is nothing beside running it. */
const preparedRowsMax = 100;

/** PostgreSQL's own fast ways: every write is one statement over the rows as a table. */
export class PostgresTools implements EngineTools {
  readonly wantedIds = wanted.wantedIds;
  readonly wantedTexts = wanted.wantedTexts;
  readonly wantedPacked = wanted.wantedPacked;
  readonly packIds = wanted.packIds;
  readonly listed = wanted.listed;
  readonly search: TrigramSearch;
  readonly #types: ColumnTypes;
  readonly #send: (statement: Statement) => Promise<void>;
  readonly #gathering: Gathering | undefined;
  /** Rows inserted so far, by table. */
  readonly inserted = new Map<keyof TenantTables, number>();

  /** `send` does a write of which nothing is to be known. */
  constructor(
    search: TrigramSearch,
    types: ColumnTypes,
    send: (statement: Statement) => Promise<void>,
    gathering?: Gathering,
  ) {
    this.search = search;
    this.#types = types;
    this.#send = send;
    this.#gathering = gathering;
  }

  async insertRows(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void> {
    const width = columns.length;
    const rowCount = values.length / width;
    if (rowCount === 0) return;
    this.inserted.set(table, (this.inserted.get(table) ?? 0) + rowCount);
    if (this.#gathering?.takes(table)) return this.#gathering.add(table, constants, columns, values);
    const same = Object.values(constants);
    const sql = insertText(this.#types, table, Object.keys(constants), columns);
    for (let from = 0; from < rowCount; from += rowsPerInsert) {
      const count = Math.min(rowsPerInsert, rowCount - from);
      const arrays = columns.map((name, column) =>
        packArray(typeOf(this.#types, table, name), count, (row) => values[(from + row) * width + column]!),
      );
      await this.#write(sql, [...same, ...arrays], count);
    }
  }

  async updateRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    setColumns: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const columns = [...keyColumns, ...setColumns];
    const sets = setColumns.map((name) => `"${name}" = staged."${name}"`).join(', ');
    const staged = stageRows(this.#types, table, columns, rows.length, valuesOf(rows));
    const where = matching(table, keyColumns);
    await this.#write(
      `update "${table}" set ${sets} from ${staged.source} where ${where}`,
      staged.values,
      rows.length,
    );
  }

  async deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void> {
    if (keys.length === 0) return;
    const staged = stageRows(this.#types, table, keyColumns, keys.length, valuesOf(keys));
    const where = matching(table, keyColumns);
    await this.#write(
      `delete from "${table}" using ${staged.source} where ${where}`,
      staged.values,
      keys.length,
    );
  }

  #write(sql: string, parameters: readonly unknown[], rowCount: number): Promise<void> {
    // It may be about, or refer to, what was gathered before it.
    this.#gathering?.sendOff();
    return this.#send({ sql, parameters, name: rowCount > preparedRowsMax ? undefined : nameOf(sql) });
  }
}

function valuesOf(rows: readonly (readonly Value[])[]) {
  return (row: number, column: number): Value => rows[row]![column]!;
}

function matching(table: string, keyColumns: readonly string[]): string {
  return keyColumns.map((name) => `"${table}"."${name}" = staged."${name}"`).join(' and ');
}
