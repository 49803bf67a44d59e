import { newCredential } from '../../../auth/random-secret.ts';
import * as contract from '../../../contract/api-clients.ts';
import * as directory from '../../../directory/api-clients.ts';
import type { TenantStore } from '../../../ports/tenant-store.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/api-clients`: programs that sign in by key and secret. A secret leaves once, where it was made. */
export function apiClientRoutes(api: Api): void {
  const { clock, storage } = api.services;
  const { clients } = storage;
  const at = (store: TenantStore) => ({ clients, store });

  serveOperation(api, contract.listApiClients, {
    capability: 'administer',
    handle: async ({ store, query: { page, pageSize } }) => {
      const all = await clients.list(store.tenant.id);
      const items = all
        .slice((page - 1) * pageSize, page * pageSize)
        .map((client) => directory.viewApiClient(client, clock.now()));
      return { items, total: all.length, page, pageSize };
    },
  });

  serveOperation(api, contract.createApiClient, {
    capability: 'administer',
    handle: async ({ store, body, actor }) => {
      const { key, secret, hashes } = newCredential();
      const by = { actor, at: clock.now() };
      const client = await directory.createApiClient(at(store), body.name, hashes, by);
      return { ...directory.viewApiClient(client, by.at), key, secret };
    },
  });

  serveOperation(api, contract.getApiClient, {
    capability: 'administer',
    handle: async ({ store, params }) =>
      directory.viewApiClient(await directory.getApiClient(at(store), params.id), clock.now()),
  });

  serveOperation(api, contract.rotateApiClient, {
    capability: 'administer',
    handle: async ({ store, params, body, actor }) => {
      const { key, secret, hashes } = newCredential();
      const by = { actor, at: clock.now() };
      const oldUntil = body.oldKeyUntil === undefined ? undefined : Date.parse(body.oldKeyUntil);
      const client = await directory.rotateApiClient(at(store), params.id, hashes, by, oldUntil);
      return { ...directory.viewApiClient(client, by.at), key, secret };
    },
  });

  serveOperation(api, contract.revokeApiClient, {
    capability: 'administer',
    handle: async ({ store, params, actor }) => {
      const by = { actor, at: clock.now() };
      return directory.viewApiClient(await directory.revokeApiClient(at(store), params.id, by), by.at);
    },
  });
}
