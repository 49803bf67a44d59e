import type pg from 'pg';
import type { Value } from '../stores/context.ts';
import { storableText } from './local-query.ts';

/** The type of each column of each table, as the database declares it. */
export type ColumnTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

export type ValueAt = (row: number, column: number) => Value;

/** Rows as something to select from. */
export interface Staged {
  readonly source: string;
  readonly values: unknown[];
}

/**
 * Brings rows to the database for a set-based statement: as an array for each column, which goes with the statement in
 * one message and is written nowhere but where it stays. COPY does not go through row-level security, and by a
 * temporary table each row would be written twice. `valueAt(row, column)` gives the values; the parameters of the arrays
 * are numbered from `firstParameter`. The planner takes the rows for few (tools.ts says why).
 */
export function stageRows(
  types: ColumnTypes,
  table: string,
  columns: readonly string[],
  rowCount: number,
  valueAt: ValueAt,
  firstParameter: number,
): Staged {
  const names = columns.map((name) => `"${name}"`).join(', ');
  const typeOf = columns.map((name) => types.get(table)?.get(name) ?? '');
  const arrays = typeOf.map((type, index) => `(select $${firstParameter + index}::${type}[])`);
  return {
    source: `unnest(${arrays.join(', ')}) as staged (${names})`,
    values: typeOf.map((type, column) => packArray(type, rowCount, (row) => valueAt(row, column))),
  };
}

/** The numbers by which PostgreSQL knows the types of our columns. */
const typeNumbers: Readonly<Record<string, number>> = { bigint: 20, text: 25, bytea: 17 };
const headBytes = 20;
/** Of an element, before its bytes. */
const lengthBytes = 4;
const bytesPerChar = 3;

/** Where arrays are put together; used again, and larger once one does not fit. */
let room = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * An array of one dimension in PostgreSQL's binary form: as text each element would be quoted by us and looked through
 * for quotes by the server.
 */
export function packArray(type: string, count: number, valueAt: (place: number) => Value): Buffer {
  const number = typeNumbers[type];
  if (number === undefined) throw new Error(`no way to send an array of type ${type}`);
  reserve(0, headBytes);
  let at = headBytes;
  let hasNulls = 0;
  for (let place = 0; place < count; place++) {
    const value = valueAt(place);
    if (value !== null) at = number === 20 ? putNumber(at, value) : putBytes(at, value);
    else {
      hasNulls = 1;
      reserve(at, lengthBytes);
      at = room.writeInt32BE(-1, at);
    }
  }
  room.writeInt32BE(count === 0 ? 0 : 1, 0);
  room.writeInt32BE(hasNulls, 4);
  room.writeInt32BE(number, 8);
  room.writeInt32BE(count, 12);
  room.writeInt32BE(1, 16);
  // An empty one has no dimension to tell of.
  return Buffer.from(room.subarray(0, count === 0 ? 12 : at));
}

function putNumber(at: number, value: Value): number {
  if (!Number.isSafeInteger(value)) throw new Error('a column of whole numbers was given something else');
  const whole = value as number;
  reserve(at, lengthBytes + 8);
  room.writeInt32BE(8, at);
  room.writeInt32BE(Math.floor(whole / 2 ** 32), at + lengthBytes);
  return room.writeUInt32BE(whole >>> 0, at + lengthBytes + 4);
}

function putBytes(at: number, value: Exclude<Value, null>): number {
  const start = at + lengthBytes;
  let end: number;
  if (value instanceof Uint8Array) {
    reserve(at, lengthBytes + value.length);
    room.set(value, start);
    end = start + value.length;
  } else {
    const text = storableText(String(value));
    reserve(at, lengthBytes + bytesPerChar * text.length);
    end = start + room.write(text, start);
  }
  room.writeInt32BE(end - start, at);
  return end;
}

function reserve(at: number, bytes: number): void {
  if (at + bytes <= room.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * (at + bytes));
  room.copy(larger, 0, 0, at);
  room = larger;
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
