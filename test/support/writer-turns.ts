import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { asAdmin } from './postgres-databases.ts';

/** Takes the tenant's turn to write and keeps it until told otherwise. */
export async function hold(store: TenantStore): Promise<() => Promise<void>> {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const holding = store.transact(() => {
    begun.resolve();
    return end.promise;
  });
  await begun.promise;
  return () => {
    end.resolve();
    return holding;
  };
}

/** Resolves once so many connections to that database wait for the lock of a tenant. */
export async function untilWaiting(url: string, count: number): Promise<void> {
  await asAdmin(async (client) => {
    for (;;) {
      const { rows } = await client.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
      if (rows[0]!.waiting === count) return;
      await nextTurn();
    }
  }, url);
}
