import { MusterError } from '../domain/errors.ts';
import type { Storage } from '../ports/storage.ts';
import type { Tenant } from '../ports/tenant-store.ts';
import { rederiveStatuses } from './daily-run.ts';

/** A tenant as it is shown. */
export interface TenantView {
  readonly slug: string;
  readonly name: string;
  readonly zone: string;
  readonly hosts: readonly string[];
}

export interface TenantChange {
  readonly name?: string;
  readonly zone?: string;
  /** All of them: others are no longer the tenant's. */
  readonly hosts?: readonly string[];
}

/**
 * Makes a tenant. `bad-request` for a slug, name, zone or host that cannot be meant; `conflict` when the slug
 * or a host is taken.
 */
export async function addTenant(
  storage: Storage,
  {
    slug,
    name,
    zone,
    hosts = [],
  }: Required<Omit<TenantChange, 'hosts'>> & { slug: string; hosts?: readonly string[] },
): Promise<TenantView> {
  const tenant = await storage.createTenant(
    { slug, name: parseName(name), zone: parseZone(zone) },
    hosts.map(parseHost),
  );
  return viewTenant(storage, tenant);
}

/**
 * Changes what is given, with the same refusals; `not-found` for an unknown tenant. A change of zone moves its 01:00,
 * so stored statuses are worked out afresh as of `now` (W3).
 */
export async function setTenant(
  storage: Storage,
  slug: string,
  change: TenantChange,
  now: number,
): Promise<TenantView> {
  const { name, zone, hosts } = change;
  const tenant = await storage.system.updateTenant(slug, {
    ...(name === undefined ? {} : { name: parseName(name) }),
    ...(zone === undefined ? {} : { zone: parseZone(zone) }),
    ...(hosts === undefined ? {} : { hosts: hosts.map(parseHost) }),
  });
  if (zone !== undefined) await rederiveStatuses(await storage.tenant(slug), now);
  return viewTenant(storage, tenant);
}

/** Every tenant, by slug. */
export async function listTenants(storage: Storage): Promise<TenantView[]> {
  const tenants = await storage.system.listTenants();
  return Promise.all(tenants.map((tenant) => viewTenant(storage, tenant)));
}

async function viewTenant(storage: Storage, { id, slug, name, zone }: Tenant): Promise<TenantView> {
  return { slug, name, zone, hosts: await storage.system.listHosts(id) };
}

function parseName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name;
  throw new MusterError(
    'bad-request',
    'A tenant’s name has 1 to 200 characters, none of them a control character.',
  );
}

/** An IANA zone, in its own spelling. */
function parseZone(text: string): string {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text.trim() }).resolvedOptions();
    // An offset is no zone: it knows no summer time.
    if (!/^[+-]/.test(timeZone)) return timeZone;
  } catch {
    // Said below.
  }
  throw new MusterError(
    'bad-request',
    `“${text}” is not a time zone. Use an IANA name such as Australia/Melbourne or Europe/London.`,
  );
}

/** A host name or address as a request's Host has it, without port and in lower case; IDNs as `xn--…`. */
function parseHost(text: string): string {
  const host = text.trim().replace(/\.$/, '');
  const url = /[\s/?#@\\]/.test(host) ? null : URL.parse(`http://${host}/`);
  const plain = url !== null && url.port === '' && !/:\d+$/.test(host.replace(/^\[.*\]/, ''));
  const labels =
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
  if (plain && (labels.test(url.hostname) || url.hostname.startsWith('['))) return url.hostname;
  throw new MusterError(
    'bad-request',
    `“${text}” is not a host name. Give it without https:// and without a port, e.g. library.school.example.`,
  );
}
