import type pg from 'pg';
import { MusterError } from '../../domain/errors.ts';
import { codeOf } from './errors.ts';

/** What a login that row-level security does not bind steps down to. */
export const appRole = 'muster_app';

const alreadyThere = new Set(['42710', '23505']);

/**
 * The role that connections step down to, undefined where the login itself is bound by row-level security. A
 * superuser, or a login with BYPASSRLS, would see every tenant's rows: it takes on `muster_app`, which is made where
 * the login may make it; `forbidden` where not.
 */
export async function settleRole(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ login: string; bypasses: boolean }>(
    'select rolname as login, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = session_user',
  );
  const { login, bypasses } = rows[0]!;
  if (!bypasses) return undefined;
  try {
    await makeRole(client);
    await client.query(`set role ${appRole}`);
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw refusal(login, `it may not make or take on the role ${appRole} (${(error as Error).message})`);
  }
  const bound = await client.query<{ bypasses: boolean }>(
    `select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user`,
  );
  await client.query('reset role');
  if (bound.rows[0]?.bypasses !== false) {
    throw refusal(login, `the role ${appRole}, made by somebody else, bypasses it as well`);
  }
  return appRole;
}

function refusal(login: string, why: string): MusterError {
  return new MusterError(
    'forbidden',
    `The login “${login}” of MUSTER_DATABASE_URL is a superuser or has BYPASSRLS, so the wall between tenants would not hold, and ${why}. Use a login of its own without these: CREATE ROLE muster LOGIN PASSWORD '…'; CREATE DATABASE muster OWNER muster;`,
  );
}

async function makeRole(client: pg.ClientBase): Promise<void> {
  const known = await client.query('select from pg_roles where rolname = $1', [appRole]);
  if (known.rowCount === 0) {
    try {
      await client.query(`create role ${appRole} nologin`);
    } catch (error) {
      // Another starter was faster; roles are those of the whole server.
      if (!alreadyThere.has(codeOf(error))) throw error;
    }
  }
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(session_user, '${appRole}', 'member') as may`,
  );
  if (rows[0]?.may !== true) await client.query(`grant ${appRole} to session_user`);
}

/** Gives the role its rights on the tables, where it lacks any; within the transaction that migrates. */
export async function grantRights(
  client: pg.ClientBase,
  role: string,
  tables: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ lacks: boolean }>(
    `select not bool_and(has_table_privilege($1, name, 'select, insert, update, delete')) as lacks
     from unnest($2::text[]) as name`,
    [role, tables],
  );
  if (rows[0]?.lacks === false) return;
  const schema = await client.query<{ name: string }>('select quote_ident(current_schema()) as name');
  await client.query(`grant usage on schema ${schema.rows[0]!.name} to ${role}`);
  await client.query(`grant select, insert, update, delete on ${tables.join(', ')} to ${role}`);
  await client.query(`grant select on schema_migration to ${role}`);
}
