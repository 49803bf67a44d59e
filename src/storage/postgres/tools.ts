import { sql } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, Value, Wanted } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import type { TrigramSearch } from './trigram-search.ts';
import type { Staging } from './staging.ts';

/** PostgreSQL's own fast ways. Without a staging place, as for readers, they only read. */
export class PostgresTools implements EngineTools {
  readonly search: TrigramSearch;
  readonly #execute: Execute;
  readonly #staging: Staging | undefined;

  constructor(execute: Execute, search: TrigramSearch, staging?: Staging) {
    this.#execute = execute;
    this.search = search;
    this.#staging = staging;
  }

  async insertRows(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void> {
    const same = Object.entries(constants);
    const width = columns.length;
    const rowCount = values.length / width;
    if (rowCount === 0) return;
    const staged = await this.#stage(
      table,
      columns,
      rowCount,
      (row, column) => values[row * width + column]!,
      same.length,
    );
    const names = [...same.map(([name]) => name), ...columns].map((name) => `"${name}"`).join(', ');
    const chosen = [...same.map((_, index) => `$${index + 1}`), ...columns.map((name) => `staged."${name}"`)];
    await this.#execute({
      sql: `insert into "${table}" (${names}) select ${chosen.join(', ')} from ${staged.source}`,
      parameters: [...same.map(([, value]) => value), ...staged.values],
    });
  }

  async updateRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    setColumns: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const columns = [...keyColumns, ...setColumns];
    const staged = await this.#stage(table, columns, rows.length, (row, column) => rows[row]![column]!, 0);
    const sets = setColumns.map((name) => `"${name}" = staged."${name}"`).join(', ');
    await this.#execute({
      sql: `update "${table}" set ${sets} from ${staged.source} where ${matching(table, keyColumns)}`,
      parameters: staged.values,
    });
  }

  async deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void> {
    if (keys.length === 0) return;
    const staged = await this.#stage(table, keyColumns, keys.length, (row, column) => keys[row]![column]!, 0);
    await this.#execute({
      sql: `delete from "${table}" using ${staged.source} where ${matching(table, keyColumns)}`,
      parameters: staged.values,
    });
  }

  wantedIds(ids: readonly number[]): Wanted<number> {
    return sql<{ value: number }>`unnest(${ids}::bigint[])`.as<'wanted'>(sql`wanted (value)`);
  }

  wantedTexts(texts: readonly string[]): Wanted<string> {
    return sql<{ value: string }>`unnest(${texts}::text[])`.as<'wanted'>(sql`wanted (value)`);
  }

  #stage(
    table: string,
    columns: readonly string[],
    rowCount: number,
    valueAt: (row: number, column: number) => Value,
    parametersBefore: number,
  ) {
    if (!this.#staging) throw new Error('a reader was asked to write');
    return this.#staging.stage(table, columns, rowCount, valueAt, parametersBefore + 1);
  }
}

function matching(table: string, keyColumns: readonly string[]): string {
  return keyColumns.map((name) => `"${table}"."${name}" = staged."${name}"`).join(' and ');
}
