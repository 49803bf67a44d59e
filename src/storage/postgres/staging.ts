import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Value } from '../stores/context.ts';

/** Fewer rows than this are parameters of their statement; COPY pays for its round trips only beyond. */
const copiedRowsMin = 100;
const copyChunkChars = 64 * 1024;

/** The type of each column of each table, as the database declares it. */
export type ColumnTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

export type ValueAt = (row: number, column: number) => Value;

/** Rows as something to select from. */
export interface Staged {
  readonly source: string;
  readonly values: unknown[];
  /** Whether it is a table of this connection alone, which must not be kept in what it keeps prepared. */
  readonly isTemporary: boolean;
}

/**
 * Brings rows to the database for a set-based statement: as arrays, or many by COPY into a temporary table, since
 * COPY itself does not go through row-level security. For one transaction.
 */
export class Staging {
  readonly #client: pg.PoolClient;
  readonly #types: ColumnTypes;
  readonly #made = new Set<string>();

  constructor(client: pg.PoolClient, types: ColumnTypes) {
    this.#client = client;
    this.#types = types;
  }

  /** `valueAt(row, column)` gives the values; parameters of the arrays are numbered from `firstParameter`. */
  async stage(
    table: string,
    columns: readonly string[],
    rowCount: number,
    valueAt: ValueAt,
    firstParameter: number,
  ): Promise<Staged> {
    if (rowCount < copiedRowsMin) return this.arrays(table, columns, rowCount, valueAt, firstParameter);
    return this.#copy(table, columns, rowCount, valueAt);
  }

  /**
   * The same as arrays however many: for statements that look the rows up, since the planner takes these for few
   * (tools.ts says why), whereas it sees the size of a table.
   */
  arrays(
    table: string,
    columns: readonly string[],
    rowCount: number,
    valueAt: ValueAt,
    firstParameter: number,
  ): Staged {
    const types = this.#types.get(table);
    const names = columns.map((name) => `"${name}"`).join(', ');
    const arrays = columns.map((name, index) => `(select $${firstParameter + index}::${types?.get(name)}[])`);
    return {
      source: `unnest(${arrays.join(', ')}) as staged (${names})`,
      values: columns.map((_, column) => Array.from({ length: rowCount }, (__, row) => valueAt(row, column))),
      isTemporary: false,
    };
  }

  async #copy(
    table: string,
    columns: readonly string[],
    rowCount: number,
    valueAt: ValueAt,
  ): Promise<Staged> {
    const staged = `pg_temp."staged_${table}"`;
    // Emptied in place after the first time, which costs nothing; the table itself goes on to the next transaction.
    const first = this.#made.has(table)
      ? ''
      : `create temporary table if not exists "staged_${table}" on commit delete rows as select * from "${table}" with no data; `;
    this.#made.add(table);
    await this.#client.query(`${first}truncate ${staged}`);
    const names = columns.map((name) => `"${name}"`).join(', ');
    const copy = this.#client.query(copyFrom(`copy ${staged} (${names}) from stdin`));
    await pipeline(Readable.from(copyText(columns.length, rowCount, valueAt)), copy);
    return { source: `${staged} as staged`, values: [], isTemporary: true };
  }
}

/** Rows in COPY's text format, in pieces. */
function* copyText(width: number, rowCount: number, valueAt: ValueAt): Generator<Buffer> {
  let text = '';
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < width; column++) {
      text += copyValue(valueAt(row, column)) + (column === width - 1 ? '\n' : '\t');
    }
    if (text.length < copyChunkChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

const special = /[\\\n\r\t\0]/g;
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\ufffd',
};

function copyValue(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `\\\\x${Buffer.from(value).toString('hex')}`;
  return value.replace(special, (sign) => escapes[sign]!);
}

/** Reads the types of all columns of the schema that is searched first. */
export async function readColumnTypes(client: pg.ClientBase): Promise<ColumnTypes> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
       and a.attnum > 0 and not a.attisdropped`,
  );
  const types = new Map<string, Map<string, string>>();
  for (const { table, column, type } of rows) {
    const columns = types.get(table) ?? new Map<string, string>();
    types.set(table, columns.set(column, type));
  }
  return types;
}
