import type { ApiClientStore } from './api-clients.ts';
import type { ApiSessionStore } from './api-sessions.ts';
import type { SystemStore } from './system-store.ts';
import type { Tenant, TenantStore } from './tenant-store.ts';

/** The whole of what is stored; one engine stands behind it. */
export interface Storage extends AsyncDisposable {
  readonly system: SystemStore;
  readonly clients: ApiClientStore;
  readonly sessions: ApiSessionStore;
  /** The tenant's store, opened once and kept; `MusterError('not-found')` for an unknown slug. */
  tenant(slug: string): Promise<TenantStore>;
  /** The same for a tenant that was read this moment, so that it need not be asked for again. */
  storeOf(tenant: Tenant): TenantStore;
  /** Makes a tenant with everything it needs to be used. */
  createTenant(tenant: Omit<Tenant, 'id'>, hosts: readonly string[]): Promise<Tenant>;
  /** A cheap read and write check: `undefined` when well, else what is wrong, in words fit for a log. */
  problem(): Promise<string | undefined>;
}
