import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { ExecutingDriver, rememberWay, type ExecuteQuery } from '../executing-driver.ts';
import type { Answer, Statement } from './local-query.ts';

/** Runs a statement wherever its maker says: on a connection of its own or in a transaction. */
export type Execute = (statement: Statement) => Promise<Answer>;

/** Kysely over a way to run statements. */
export function kyselyOn<Tables>(execute: Execute): Kysely<Tables> {
  const way: ExecuteQuery = async ({ sql, parameters }) => {
    const { rows, rowCount } = await execute({ sql, parameters });
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  };
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ExecutingDriver(way),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return rememberWay(db, way);
}
