import { sql } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, PackedIds, Value, Wanted } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import type { TrigramSearch } from './trigram-search.ts';
import type { Staging } from './staging.ts';
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
};

function wantedPacked(ids: PackedIds): Wanted<number> {
  return sql<{ value: number }>`unnest((select ${ids}::bigint[]))`.as<'wanted'>(sql`wanted (value)`);
}

/** What readers have of PostgreSQL's own ways. */
export function readerTools(search: TrigramSearch): EngineTools {
  const refuse = () => Promise.reject(new Error('a reader was asked to write'));
  return { ...wanted, insertRows: refuse, updateRows: refuse, deleteRows: refuse, search };
}

/** PostgreSQL's own fast ways: every write is one statement over the rows as a table. */
export class PostgresTools implements EngineTools {
  readonly wantedIds = wanted.wantedIds;
  readonly wantedTexts = wanted.wantedTexts;
  readonly wantedPacked = wanted.wantedPacked;
  readonly packIds = wanted.packIds;
  readonly search: TrigramSearch;
  readonly #execute: Execute;
  readonly #staging: Staging;
  readonly #later: (work: () => Promise<void>) => Promise<void>;
  /** Rows inserted so far, by table. */
  readonly inserted = new Map<keyof TenantTables, number>();

  /** `later` does a write when its turn has come; `execute` is for within that turn. */
  constructor(
    search: TrigramSearch,
    execute: Execute,
    staging: Staging,
    later: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.search = search;
    this.#execute = execute;
    this.#staging = staging;
    this.#later = later;
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
    this.inserted.set(table, (this.inserted.get(table) ?? 0) + rowCount);
    const names = [...same.map(([name]) => name), ...columns].map((name) => `"${name}"`).join(', ');
    const chosen = [...same.map((_, index) => `$${index + 1}`), ...columns.map((name) => `staged."${name}"`)];
    const valueAt = (row: number, column: number) => values[row * width + column]!;
    await this.#later(async () => {
      const staged = await this.#staging.stage(table, columns, rowCount, valueAt, same.length + 1);
      const sql = `insert into "${table}" (${names}) select ${chosen.join(', ')} from ${staged.source}`;
      const parameters = [...same.map(([, value]) => value), ...staged.values];
      await this.#execute({ sql, parameters, name: staged.isTemporary ? undefined : nameOf(sql) });
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
    const sets = setColumns.map((name) => `"${name}" = staged."${name}"`).join(', ');
    await this.#later(async () => {
      const staged = this.#staging.arrays(table, columns, rows.length, valuesOf(rows), 1);
      const sql = `update "${table}" set ${sets} from ${staged.source} where ${matching(table, keyColumns)}`;
      await this.#execute({ sql, parameters: staged.values, name: nameOf(sql) });
    });
  }

  async deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void> {
    if (keys.length === 0) return;
    await this.#later(async () => {
      const staged = this.#staging.arrays(table, keyColumns, keys.length, valuesOf(keys), 1);
      const sql = `delete from "${table}" using ${staged.source} where ${matching(table, keyColumns)}`;
      await this.#execute({ sql, parameters: staged.values, name: nameOf(sql) });
    });
  }
}

function valuesOf(rows: readonly (readonly Value[])[]) {
  return (row: number, column: number): Value => rows[row]![column]!;
}

function matching(table: string, keyColumns: readonly string[]): string {
  return keyColumns.map((name) => `"${table}"."${name}" = staged."${name}"`).join(' and ');
}
