import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './postgres.ts';

/** Waits until the search index has caught up with a large import, which goes on after its answer. */
export async function untilIndexed(
  dataDir: string,
  databaseUrl: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const left = databaseUrl === undefined ? () => leftInFile(dataDir) : () => leftOnServer(databaseUrl);
  while ((await left()) > 0) await pause(500, undefined, { signal });
}

function leftInFile(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'tenants', 'main.db'), { readOnly: true });
  try {
    return (database.prepare('select count(*) as n from search_pending').get() as { n: number }).n;
  } finally {
    database.close();
  }
}

async function leftOnServer(url: string): Promise<number> {
  const [, answer] = await ask(
    url,
    "select set_config('muster.tenant_id', (select id::text from tenant where slug = 'main'), false); select count(*)::int as n from search_pending",
  );
  return (answer!.rows as { n: number }[])[0]!.n;
}
