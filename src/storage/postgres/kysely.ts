import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { ExecutingDriver, rememberWay, type ExecuteQuery, type SendQuery } from '../executing-driver.ts';
import type { Answer, Statement } from './local-query.ts';
import { nameOf } from './statement-names.ts';

/** Runs a statement wherever its maker says: on a connection of its own or in a transaction. */
export type Execute = (statement: Statement) => Promise<Answer>;

/**
 * Kysely over a way to run statements, and one to send those that nobody waits for. Fixed queries are kept prepared by
 * their connection.
 */
export function kyselyOn<Tables>(
  execute: Execute,
  send?: (statement: Statement) => Promise<void>,
): Kysely<Tables> {
  const way: ExecuteQuery = async ({ sql, parameters }) => answerOf(await execute({ sql, parameters }));
  const fixedWay: ExecuteQuery = async ({ sql, parameters }) =>
    answerOf(await execute({ sql, parameters, name: nameOf(sql) }));
  const sendingWay: SendQuery | undefined =
    send && (({ sql, parameters }) => send({ sql, parameters, name: nameOf(sql) }));
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ExecutingDriver(way),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return rememberWay(db, fixedWay, sendingWay);
}

function answerOf({ rows, rowCount }: Answer): QueryResult<unknown> {
  return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
}
