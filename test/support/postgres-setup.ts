import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresStorage } from '../../src/storage/postgres/postgres-storage.ts';
import { makeTemplate } from './postgres-databases.ts';
import { startPostgres } from './postgres-server.ts';

/**
 * Once a test run: a PostgreSQL server, unless `MUSTER_TEST_DATABASE_URL` names one, and the database that each test
 * gets a copy of. What cannot be started fails the run; tests on PostgreSQL are never left out.
 */
export async function setup(): Promise<() => Promise<void>> {
  const server = process.env['MUSTER_TEST_DATABASE_URL'] ? undefined : await startPostgres();
  if (server) process.env['MUSTER_TEST_DATABASE_URL'] = server.url;
  try {
    await makeTemplate(migrate);
  } catch (error) {
    await server?.[Symbol.asyncDispose]();
    throw error;
  }
  return async () => {
    await server?.[Symbol.asyncDispose]();
    if (server) delete process.env['MUSTER_TEST_DATABASE_URL'];
  };
}

async function migrate(url: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-template-'));
  const storage = await PostgresStorage.open({ url, dataDir, clock: { now: () => 0 } });
  await storage[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}
