import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './postgres.ts';

/**
 * Waits until the search index has caught up with a large import, which goes on after its answer, and on the embedded
 * database until its parts are no longer being made one.
 */
export async function untilIndexed(
  dataDir: string,
  databaseUrl: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (databaseUrl !== undefined) {
    while ((await leftOnServer(databaseUrl)) > 0) await pause(500, undefined, { signal });
    return;
  }
  for (let before = '', isDone = false; !isDone;) {
    await pause(500, undefined, { signal });
    const { waiting, parts } = lookIntoFile(dataDir);
    isDone = waiting === 0 && parts === before;
    before = parts;
  }
}

/** How many patrons are not in the index yet, and what FTS5 notes of its parts, which changes with each step. */
function lookIntoFile(dataDir: string): { waiting: number; parts: string } {
  const database = new DatabaseSync(join(dataDir, 'tenants', 'main.db'), { readOnly: true });
  try {
    const text = `
      select (select count(*) from search_pending) as waiting, hex(block) as parts
      from patron_search_data where id = 10`;
    return database.prepare(text).get() as { waiting: number; parts: string };
  } finally {
    database.close();
  }
}

async function leftOnServer(url: string): Promise<number> {
  const [, answer] = await ask(
    url,
    "select set_config('muster.tenant_id', (select id::text from tenant where slug = 'main'), false); select (select count(*) from search_pending)::int + (select count(*) from search_pending_range)::int as n",
  );
  return (answer!.rows as { n: number }[])[0]!.n;
}
