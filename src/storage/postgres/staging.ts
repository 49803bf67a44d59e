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
 * temporary table each row would be written twice. `valueAt(row, column)` gives the values. The planner takes the rows
 * for few (tools.ts says why).
 */
export function stageRows(
  types: ColumnTypes,
  table: string,
  columns: readonly string[],
  rowCount: number,
  valueAt: ValueAt,
): Staged {
  const names = columns.map((name) => `"${name}"`).join(', ');
  const columnTypes = columns.map((name) => typeOf(types, table, name));
  const arrays = columnTypes.map((type, index) => `(select $${index + 1}::${type}[])`);
  return {
    source: `unnest(${arrays.join(', ')}) as staged (${names})`,
    values: columnTypes.map((type, column) => packArray(type, rowCount, (row) => valueAt(row, column))),
  };
}

/** The numbers by which PostgreSQL knows the types of our columns. */
const typeNumbers: Readonly<Record<string, number>> = { bigint: 20, text: 25, bytea: 17 };
const headBytes = 20;
/** Of an element, before its bytes. */
const lengthBytes = 4;
const bytesPerChar = 3;
/** Up to so many letters are put down one by one in less time than it takes to call for it. */
const shortChars = 20;

/**
 * Puts together an array of one dimension in PostgreSQL's binary form: as text each element would be quoted by us and
 * looked through for quotes by the server. Used again after `take`, with the room it has grown to.
 */
export class ArrayWriter {
  readonly #number: number;
  #room: Buffer = Buffer.allocUnsafeSlow(4 * 1024);
  #at = headBytes;
  #count = 0;
  #hasNulls = false;

  constructor(type: string) {
    const number = typeNumbers[type];
    if (number === undefined) throw new Error(`no way to send an array of type ${type}`);
    this.#number = number;
  }

  /** How many bytes it comes to so far. */
  get bytes(): number {
    return this.#at;
  }

  push(value: Value): void {
    if (value === null) {
      this.#hasNulls = true;
      this.#reserve(lengthBytes);
      this.#putWord(this.#at, -1);
      this.#at += lengthBytes;
    } else if (this.#number === 20) this.#pushNumber(value);
    else if (typeof value === 'string') this.#pushText(value);
    else if (value instanceof Uint8Array) this.#pushBytes(value);
    else this.#pushText(String(value));
    this.#count++;
  }

  /** The array so far, copied; what is pushed from now on belongs to the next one. */
  take(): Buffer {
    return Buffer.from(this.#finish());
  }

  /** The same, not copied: the next one is put together in `room`. */
  giveAway(room: Buffer = Buffer.allocUnsafeSlow(this.#room.length)): Buffer {
    const given = this.#finish();
    this.#room = room;
    return given;
  }

  #finish(): Buffer {
    const room = this.#room;
    room.writeInt32BE(this.#count === 0 ? 0 : 1, 0);
    room.writeInt32BE(this.#hasNulls ? 1 : 0, 4);
    room.writeInt32BE(this.#number, 8);
    room.writeInt32BE(this.#count, 12);
    room.writeInt32BE(1, 16);
    // An empty one has no dimension to tell of.
    const finished = room.subarray(0, this.#count === 0 ? 12 : this.#at);
    this.clear();
    return finished;
  }

  /** Forgets what was pushed. */
  clear(): void {
    this.#at = headBytes;
    this.#count = 0;
    this.#hasNulls = false;
  }

  #pushNumber(value: Value): void {
    if (!Number.isSafeInteger(value)) throw new Error('a column of whole numbers was given something else');
    const whole = value as number;
    this.#reserve(lengthBytes + 8);
    this.#putWord(this.#at, 8);
    this.#putWord(this.#at + lengthBytes, Math.floor(whole / 2 ** 32));
    this.#putWord(this.#at + lengthBytes + 4, whole >>> 0);
    this.#at += lengthBytes + 8;
  }

  #pushText(value: string): void {
    this.#reserve(lengthBytes + bytesPerChar * value.length);
    const start = this.#at + lengthBytes;
    const end = start + (this.#putShort(value, start) ? value.length : this.#putText(value, start));
    this.#putWord(this.#at, end - start);
    this.#at = end;
  }

  /** False where it is not short, or of more than plain letters. */
  #putShort(value: string, start: number): boolean {
    if (value.length > shortChars) return false;
    const room = this.#room;
    for (let place = 0; place < value.length; place++) {
      const code = value.charCodeAt(place);
      if (code === 0 || code > 0x7f) return false;
      room[start + place] = code;
    }
    return true;
  }

  #putText(value: string, start: number): number {
    return this.#room.write(storableText(value), start);
  }

  #pushBytes(value: Uint8Array): void {
    this.#reserve(lengthBytes + value.length);
    this.#putWord(this.#at, value.length);
    this.#room.set(value, this.#at + lengthBytes);
    this.#at += lengthBytes + value.length;
  }

  #putWord(at: number, word: number): void {
    const room = this.#room;
    room[at] = word >>> 24;
    room[at + 1] = word >>> 16;
    room[at + 2] = word >>> 8;
    room[at + 3] = word;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#room.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#at + bytes));
    this.#room.copy(larger, 0, 0, this.#at);
    this.#room = larger;
  }
}

/** For arrays that are put together at once. */
const writers = new Map<string, ArrayWriter>();

/** An array of values that are at hand already. */
export function packArray(type: string, count: number, valueAt: (place: number) => Value): Buffer {
  let writer = writers.get(type);
  if (writer === undefined) writers.set(type, (writer = new ArrayWriter(type)));
  writer.clear();
  for (let place = 0; place < count; place++) writer.push(valueAt(place));
  return writer.take();
}

/**
 * Inserts rows that come as an array for each column, behind the values that are the same in all of them. Unnested side
 * by side, the rows go from the arrays into the table; as a table to select from they would be stored in between.
 */
export function insertText(
  types: ColumnTypes,
  table: string,
  same: readonly string[],
  columns: readonly string[],
): string {
  const names = [...same, ...columns].map((name) => `"${name}"`).join(', ');
  const chosen = same.map((_, index) => `$${index + 1}`);
  for (const [index, name] of columns.entries()) {
    chosen.push(`unnest($${same.length + index + 1}::${typeOf(types, table, name)}[])`);
  }
  return `insert into "${table}" (${names}) select ${chosen.join(', ')}`;
}

export function typeOf(types: ColumnTypes, table: string, column: string): string {
  return types.get(table)?.get(column) ?? '';
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
