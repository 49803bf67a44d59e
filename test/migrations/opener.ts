import { MusterError } from '../../src/domain/errors.ts';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';

/** One of many processes that start on the same data directory at the same moment. */
process.send!('loaded');
process.once('message', (dataDir: string) => {
  void open(dataDir).then(
    (tenants) => process.send!({ tenants }),
    (error: unknown) => process.send!({ trouble: String(error) }),
  );
});

async function open(dataDir: string): Promise<number> {
  const storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  const main = { slug: 'main', name: 'Main', zone: 'UTC' };
  await storage.createTenant(main, []).catch((error: unknown) => {
    if (!(error instanceof MusterError && error.code === 'conflict')) throw error;
  });
  const store = await storage.tenant('main');
  await store.transact((tx) => tx.allocateIds('patron', 1));
  const tenants = await storage.system.listTenants();
  await storage[Symbol.asyncDispose]();
  return tenants.length;
}
