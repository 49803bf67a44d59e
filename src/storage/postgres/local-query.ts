import pg from 'pg';

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
  if (all.length === 0) return client.query({ text: statement.sql, values });
  return new Promise((resolve, reject) => {
    client.query(
      new LocalQuery({ text: statement.sql, values, queryMode: 'extended' }, all, (error, answer) => {
        if (error) reject(error);
        else resolve(answer as Answer);
      }),
    );
  });
}

/**
 * A text as PostgreSQL takes it: it knows no NUL. None is ever stored, since files and requests with one are refused;
 * what is only looked for is then not found.
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  return Array.isArray(value) ? value.map(storable) : value;
}

/** What the driver's query is made of, beyond what its types tell. */
interface QueryParts extends pg.Submittable {
  prepare(connection: pg.Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
}
type QueryConfig = pg.QueryConfig<unknown[]> & { readonly queryMode: 'extended' };
type Callback = (error: Error | undefined, answer: unknown) => void;

const Query = pg.Query as unknown as new (
  config: QueryConfig,
  values: undefined,
  callback: Callback,
) => QueryParts;

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
    connection.parse({ name: '', text: `select ${calls.join(', ')}`, types: [] }, true);
    connection.bind({ values: this.#settings.flat() }, true);
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
