import type { z } from 'zod';
import { changeSettings, getSettings, type Settings } from '../../../contract/settings.ts';
import { changeSettings as changeStoredSettings } from '../../../directory/settings.ts';
import type { TenantSettings } from '../../../ports/settings.ts';
import type { Storage } from '../../../ports/storage.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/settings`: what the tenant chose, and beside it what the command line alone can change. */
export function settingsRoutes(api: Api): void {
  const { storage, clock } = api.services;

  serveOperation(api, getSettings, {
    capability: 'view',
    handle: async ({ store }) => settingsAnswer(storage, store.tenant.slug, await store.read.settings.get()),
  });

  serveOperation(api, changeSettings, {
    capability: 'administer',
    handle: async ({ store, body, actor }) =>
      settingsAnswer(storage, store.tenant.slug, await changeStoredSettings(store, body, actor, clock.now())),
  });
}

async function settingsAnswer(
  { system }: Storage,
  slug: string,
  settings: TenantSettings,
): Promise<z.output<typeof Settings>> {
  // As it is now: another process may have renamed it.
  const tenant = (await system.findTenant(slug))!;
  const { journalKeptFrom: _kept, ...chosen } = settings;
  return {
    ...chosen,
    tenant: { slug, name: tenant.name, zone: tenant.zone, hosts: await system.listHosts(tenant.id) },
  };
}
