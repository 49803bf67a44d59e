import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { PackedIds } from './context.ts';
import { sendingWayOf, wayOf, type ExecuteQuery, type SendQuery } from '../executing-driver.ts';

/** Stands in a query for a value that comes later. */
class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query whose text never changes, built at its first use and run with other values from then on: for what every
 * call of a script asks, where building it would cost more than running it. `build` puts `value(name)` where a value
 * of that name is to stand.
 */
export class FixedQuery<Tables, Row, Name extends string> {
  readonly #db: Kysely<Tables>;
  readonly #build: (db: Kysely<Tables>, value: (name: Name) => string) => Compilable<Row>;
  readonly #execute: ExecuteQuery;
  readonly #send: SendQuery;
  #compiled: CompiledQuery<Row> | undefined;

  constructor(
    db: Kysely<Tables>,
    build: (db: Kysely<Tables>, value: (name: Name) => string) => Compilable<Row>,
  ) {
    this.#db = db;
    this.#execute = wayOf(db);
    this.#send = sendingWayOf(db);
    this.#build = build;
  }

  async execute(values: FixedValues<Name>): Promise<Row[]> {
    return (await this.#execute(this.#with(values))).rows as Row[];
  }

  /** Runs a write of which nothing is to be known: a large transaction does not wait for it. */
  send(values: FixedValues<Name>): Promise<void> {
    return this.#send(this.#with(values));
  }

  #with(values: FixedValues<Name>): CompiledQuery {
    this.#compiled ??= this.#build(this.#db, (name) => new Parameter(name) as unknown as string).compile();
    const parameters = this.#compiled.parameters.map((value) =>
      value instanceof Parameter ? values[value.name as Name] : value,
    );
    const { sql, query, queryId } = this.#compiled;
    return { sql, query, queryId, parameters };
  }
}

type FixedValues<Name extends string> = Readonly<Record<Name, string | number | PackedIds>>;

/**
 * Runs a query that is built for each call, as its values are more than a few, but whose text is always the same: the
 * engine keeps it as it keeps a `FixedQuery`.
 */
export async function runFixed<Tables, Row>(db: Kysely<Tables>, query: Compilable<Row>): Promise<Row[]> {
  return (await wayOf(db)(query.compile())).rows as Row[];
}

/** Sends such a query, a write of which nothing is to be known. */
export function sendFixed<Tables>(db: Kysely<Tables>, query: Compilable): Promise<void> {
  return sendingWayOf(db)(query.compile());
}
