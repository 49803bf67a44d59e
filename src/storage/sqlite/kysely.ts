import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type LimitNode,
  type OffsetNode,
  type QueryResult,
} from 'kysely';
import { ExecutingDriver, rememberWay, type ExecuteQuery } from '../executing-driver.ts';
import type { Value } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Kysely over one open connection. */
export function kyselyOn<Tables>(connection: SqliteConnection): Kysely<Tables> {
  const way: ExecuteQuery = (query) => {
    try {
      return Promise.resolve(execute(connection, query));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ExecutingDriver(way),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new PlannedOnce(),
    },
  });
  return rememberWay(db, way);
}

/**
 * SQLite plans a statement anew whenever another value is bound where it asks for a number it could plan by: at every
 * run, where a limit or an offset is a bare parameter, for more than a small statement takes. So it is an expression.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(' + 0');
  }

  protected override visitOffset(node: OffsetNode): void {
    super.visitOffset(node);
    this.append(' + 0');
  }
}

function execute(connection: SqliteConnection, query: CompiledQuery): QueryResult<unknown> {
  const parameters = query.parameters as Value[];
  if (connection.gives(query.sql)) return { rows: connection.all(query.sql, parameters) };
  return { rows: [], numAffectedRows: BigInt(connection.run(query.sql, parameters).changes) };
}
