import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type QueryResult,
} from 'kysely';
import { ExecutingDriver } from '../executing-driver.ts';
import type { Value } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Kysely over one open connection. */
export function kyselyOn<Tables>(connection: SqliteConnection): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () =>
        new ExecutingDriver((query) => {
          try {
            return Promise.resolve(execute(connection, query));
          } catch (error) {
            return Promise.reject(error);
          }
        }),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

function execute(connection: SqliteConnection, query: CompiledQuery): QueryResult<unknown> {
  const parameters = query.parameters as Value[];
  if (connection.gives(query.sql)) return { rows: connection.all(query.sql, parameters) };
  return { rows: [], numAffectedRows: BigInt(connection.run(query.sql, parameters).changes) };
}
