import pg from 'pg';
import { nameOf } from './statement-names.ts';

/** Settings that hold for one statement, or until the end of its transaction where it is in one. */
export type LocalSettings = readonly (readonly [name: string, value: string])[];

/** A parameter that comes with settings while its statement runs. */
export class WithSettings {
  readonly value: string;
  readonly settings: LocalSettings;

  constructor(value: string, settings: LocalSettings) {
    this.value = value;
    this.settings = settings;
  }
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Under which the connection keeps it prepared, so that it is parsed and planned once. */
  readonly name?: string | undefined;
  /** More parameters behind the others, in binary form; never with settings. */
  readonly arrays?: readonly Buffer[] | undefined;
  /** Told when nothing needs the bytes of `arrays` any more; until then nobody may write to them. */
  readonly answered?: (() => void) | undefined;
}

export interface Answer {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

/**
 * Runs one statement with its settings in one round trip: setting and statement are sent together, and as no
 * transaction is begun between them, the server makes them one. Within a transaction the settings hold on.
 */
export function queryWith(
  client: pg.ClientBase,
  settings: LocalSettings,
  statement: Statement,
): Promise<Answer> {
  const own = statement.parameters.filter((value) => value instanceof WithSettings);
  const all = [...settings, ...own.flatMap((value) => value.settings)];
  const values = statement.parameters.map((value) =>
    storable(value instanceof WithSettings ? value.value : value),
  );
  const { name, arrays } = statement;
  const config = {
    text: statement.sql,
    values: arrays === undefined ? values : [...values, ...arrays],
    ...(name === undefined ? {} : { name }),
  };
  let answer: Promise<Answer>;
  if (arrays !== undefined) answer = queryArrays(client, config, statement.answered);
  else if (all.length > 0) answer = queryAfter(client, all, config);
  else answer = client.query(config) as Promise<Answer>;
  return name === undefined
    ? answer
    : answer.catch((error: unknown) => {
        outOfStep.add(client);
        throw error;
      });
}

/** Connections of which it is not known any more which statements they keep prepared. */
const outOfStep = new WeakSet<pg.ClientBase>();

/** Whether a named statement failed on it, so that driver and server may differ about what is prepared. */
export function isOutOfStep(client: pg.ClientBase): boolean {
  return outOfStep.has(client);
}

function queryAfter(client: pg.ClientBase, settings: LocalSettings, config: pg.QueryConfig): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.query(
      new LocalQuery({ ...config, queryMode: 'extended' }, settings, (error, answer) => {
        if (error) reject(error);
        else resolve(answer as Answer);
      }),
    );
  });
}

function queryArrays(client: pg.ClientBase, config: pg.QueryConfig, answered?: () => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.query(
      new ArraysQuery({ ...config, queryMode: 'extended' }, undefined, (error, answer) => {
        if (error) return reject(error);
        answered?.();
        resolve(answer as Answer);
      }),
    );
  });
}

/**
 * A text as PostgreSQL takes it: it knows no NUL. None is ever stored, since files and requests with one are refused;
 * what is only looked for is then not found.
 */
export function storableText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}

/** What the driver's query is made of, beyond what its types tell. */
interface QueryParts extends pg.Submittable {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  prepare(connection: pg.Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
}
interface ConnectionParts extends pg.Connection {
  /** The texts of the statements that it keeps prepared, by name. */
  readonly parsedStatements: Record<string, string>;
}
type QueryConfig = pg.QueryConfig<unknown[]> & { readonly queryMode: 'extended' };
type Callback = (error: Error | undefined, answer: unknown) => void;

const Query = pg.Query as unknown as new (
  config: QueryConfig,
  values: undefined,
  callback: Callback,
) => QueryParts;

/** Has a statement prepared, unless the connection keeps it under that name already; without a name every time. */
function parseOnce(connection: pg.Connection, name: string, text: string): void {
  const { parsedStatements } = connection as ConnectionParts;
  if (name !== '' && parsedStatements[name] !== undefined) return;
  connection.parse({ name, text, types: [] }, true);
  if (name !== '') parsedStatements[name] = text;
}

/** A query that says its settings first. What the server answers to those is left out. */
class LocalQuery extends Query {
  readonly #settings: LocalSettings;
  #settled = false;

  constructor(config: QueryConfig, settings: LocalSettings, callback: Callback) {
    super(config, undefined, callback);
    this.#settings = settings;
  }

  override prepare(connection: pg.Connection): void {
    const calls = this.#settings.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`);
    const text = `select ${calls.join(', ')}`;
    const name = (this.name === undefined ? undefined : nameOf(text)) ?? '';
    parseOnce(connection, name, text);
    connection.bind({ statement: name, values: this.#settings.flat() }, true);
    connection.execute({}, true);
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.#settled) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.#settled) super.handleCommandComplete(message, connection);
    this.#settled = true;
  }
}

/**
 * A query whose large parameters go to the socket as they are. The driver would put them all into one message, which it
 * makes room for by copying it ever again, and what is thrown away thereby has V8 sweep its whole heap.
 */
class ArraysQuery extends Query {
  override prepare(connection: pg.Connection): void {
    const name = this.name ?? '';
    parseOnce(connection, name, this.text);
    const values = this.values.map((value) =>
      value instanceof Buffer || value === null ? value : Buffer.from(String(value as string | number)),
    );
    const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
    const nameBytes = Buffer.byteLength(name);
    const head = Buffer.alloc(1 + 4 + 1 + nameBytes + 1 + 2 + 2 * values.length + 2);
    head.write('B');
    head.writeInt32BE(head.length - 1 + bytes + 2, 1);
    // The empty name of the portal, and that of the statement, each with a zero behind it.
    let at = head.write(name, 6) + 7;
    // Then how many there are, in which form each, and how many once more.
    at = head.writeInt16BE(values.length, at);
    for (const value of this.values) at = head.writeInt16BE(value instanceof Buffer ? 1 : 0, at);
    head.writeInt16BE(values.length, at);
    const { stream } = connection;
    stream.write(head);
    for (const value of values) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(value?.length ?? -1);
      stream.write(length);
      if (value !== null) stream.write(value);
    }
    // Results as they are by default, of which there are none.
    stream.write(Buffer.alloc(2));
    connection.execute({}, true);
    connection.sync();
  }
}
