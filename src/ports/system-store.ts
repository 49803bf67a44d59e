import type { Tenant } from './tenant-store.ts';

/** A process's claim on a piece of work of one tenant; only its holder may do it. */
export interface LeaseHolder {
  /** Unique to the process start. */
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
}

export interface Progress {
  readonly runId: number;
  readonly rowsRead: number;
  readonly subjectsPlanned: number;
  readonly subjectsTotal: number;
  readonly applied: number;
}

/** What is outside every tenant: which tenants there are, their host names, and leases on work. */
export interface SystemStore {
  listTenants(): Promise<Tenant[]>;
  findTenant(slug: string): Promise<Tenant | undefined>;
  /**
   * The tenant of a host, compared in lower case, without port; for a host that belongs to none the one of the slug
   * `otherwise`, by the same read.
   */
  findTenantByHost(host: string, otherwise?: string): Promise<Tenant | undefined>;
  listHosts(tenantId: number): Promise<string[]>;
  /** `MusterError('conflict')` when the slug or a host is taken. */
  createTenant(tenant: Omit<Tenant, 'id'>, hosts: readonly string[]): Promise<Tenant>;
  updateTenant(
    slug: string,
    change: { name?: string; zone?: string; hosts?: readonly string[] },
  ): Promise<Tenant>;

  /**
   * Takes the lease when it is free, its holder's heartbeat is older than `expiryMs`, or `isDead` says
   * that its holder, a process of this host, is gone. Gives whether it is held now.
   */
  acquireLease(
    tenantId: number,
    name: string,
    holder: LeaseHolder,
    now: number,
    expiryMs: number,
    isDead: (holder: LeaseHolder) => boolean,
  ): Promise<boolean>;
  /** False when the lease was lost. */
  renewLease(
    tenantId: number,
    name: string,
    holder: LeaseHolder,
    now: number,
    progress?: Progress,
  ): Promise<boolean>;
  releaseLease(tenantId: number, name: string, holder: LeaseHolder): Promise<void>;
  findProgress(tenantId: number, name: string): Promise<Progress | undefined>;
}
