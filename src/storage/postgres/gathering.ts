import type { TenantTables } from '../schema/tables.ts';
import type { Value } from '../stores/context.ts';
import type { Statement } from './local-query.ts';
import { nameOf } from './statement-names.ts';
import { ArrayWriter, insertText, typeOf, type ColumnTypes } from './staging.ts';

/**
 * Whose new rows may wait for more of them: what a first load writes of each patron. Sent off in this order, since lists
 * of contacts refer to their patrons.
 */
const gatheredTables: readonly (keyof TenantTables)[] = [
  'patron',
  'contact_list',
  'import_run_row',
  'plan_part',
];

/** More rows in one statement cost the server no less. */
const rowsMax = 5_000;
const bytesMax = 2 ** 20;
/** The first ones go soon, so that the server has something to do; each time twice as many wait. */
const rowsFirst = 500;

/**
 * Gathers the new rows that a bulk transaction writes a few at a time, in the form in which they are sent, until there
 * are enough for a statement: a large one costs the server less for each row. Whatever may see them, or refer to them,
 * is to send them off first.
 */
export class Gathering {
  readonly #types: ColumnTypes;
  readonly #send: (statement: Statement) => Promise<void>;
  readonly #waiting = new Map<keyof TenantTables, GatheredRows>();
  #rowsEnough = rowsFirst;

  constructor(types: ColumnTypes, send: (statement: Statement) => Promise<void>) {
    this.#types = types;
    this.#send = send;
  }

  /** Whether new rows of the table may wait. */
  takes(table: keyof TenantTables): boolean {
    return gatheredTables.includes(table);
  }

  /** Takes rows as `insertRows` gets them; where they have become enough, waits as long as a write would. */
  async add(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void> {
    let rows = this.#waiting.get(table);
    if (rows !== undefined && !rows.fits(constants, columns)) {
      await this.#sendAll();
      rows = undefined;
    }
    if (rows === undefined) {
      this.#waiting.set(table, (rows = new GatheredRows(this.#types, table, constants, columns)));
    }
    rows.add(values);
    if (rows.count < this.#rowsEnough && rows.bytes < bytesMax) return;
    this.#rowsEnough = Math.min(rowsMax, 2 * this.#rowsEnough);
    await this.#sendAll();
  }

  /** Sends all that waits, before whatever is sent next. A later call tells of a failure. */
  sendOff(): void {
    this.#sendAll().catch(() => undefined);
  }

  /** Everything is on its way, in order, when this returns; its promise is for who wants to wait. */
  async #sendAll(): Promise<void> {
    const sent: Promise<void>[] = [];
    for (const table of gatheredTables) {
      const rows = this.#waiting.get(table);
      if (rows !== undefined && rows.count > 0) sent.push(this.#send(rows.take()));
    }
    await Promise.all(sent);
  }
}

/** Rows of one table. */
class GatheredRows {
  readonly #constants: Readonly<Record<string, Value>>;
  readonly #columns: readonly string[];
  readonly #writers: readonly ArrayWriter[];
  readonly #sql: string;
  /** Where arrays lay that are written by now. */
  readonly #rooms: Buffer[][] = [];
  count = 0;

  constructor(
    types: ColumnTypes,
    table: string,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
  ) {
    this.#constants = constants;
    this.#columns = columns;
    this.#writers = columns.map((name) => new ArrayWriter(typeOf(types, table, name)));
    this.#sql = insertText(types, table, Object.keys(constants), columns);
  }

  get bytes(): number {
    return this.#writers.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether rows with those columns, and the same values of the constant ones, go with these. */
  fits(constants: Readonly<Record<string, Value>>, columns: readonly string[]): boolean {
    const names = Object.keys(constants);
    return (
      isSame(columns, this.#columns) &&
      isSame(names, Object.keys(this.#constants)) &&
      names.every((name) => constants[name] === this.#constants[name])
    );
  }

  add(values: readonly Value[]): void {
    const writers = this.#writers;
    const width = writers.length;
    for (let at = 0; at < values.length; at += width) {
      for (let column = 0; column < width; column++) writers[column]!.push(values[at + column]!);
    }
    this.count += values.length / width;
  }

  take(): Statement {
    this.count = 0;
    const rooms = this.#rooms.pop();
    const arrays = this.#writers.map((writer, place) => writer.giveAway(rooms?.[place]));
    const answered = () => void this.#rooms.push(arrays.map(({ buffer }) => Buffer.from(buffer)));
    // Kept prepared, or the server copies the arrays into a plan of their own each time.
    const name = nameOf(this.#sql);
    return { sql: this.#sql, name, parameters: Object.values(this.#constants), arrays, answered };
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, place) => one === others[place]);
}
