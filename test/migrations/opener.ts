import { MusterError } from '../../src/domain/errors.ts';
import type { EngineSettings } from '../../src/storage/engine.ts';
import { engineOf } from '../../src/storage/engines.ts';

/** One of many processes that start on the same data at the same moment. */
process.send!('loaded');
process.once('message', (place: EngineSettings) => {
  void open(place).then(
    (tenants) => process.send!({ tenants }),
    (error: unknown) => process.send!({ trouble: String(error) }),
  );
});

async function open(place: EngineSettings): Promise<number> {
  const storage = await (await engineOf(place)).open({ clock: { now: () => 0 } });
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
