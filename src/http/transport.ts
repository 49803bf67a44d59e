import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { MusterError } from '../domain/errors.ts';
import type { SystemStore } from '../ports/system-store.ts';
import type { Tenant } from '../ports/tenant-store.ts';

/** The slug of the tenant that every unknown host name belongs to. */
export const mainTenant = 'main';

/**
 * Refuses what leaves it open which host was meant: several Host headers, or a target that names one itself.
 * Node takes both, and whoever chooses a tenant by the host must not.
 */
export function refuseAmbiguousHost(request: FastifyRequest): void {
  const names = request.raw.rawHeaders.filter((_text, index) => index % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'host').length > 1) {
    throw new MusterError('bad-request', 'The request has more than one Host header.');
  }
  if (!request.raw.url?.startsWith('/')) {
    throw new MusterError('bad-request', 'The request target must be a path.');
  }
}

/** The tenant whose host name was asked for; a host that belongs to none is `main`'s. */
export async function tenantOfHost(request: FastifyRequest, system: SystemStore): Promise<Tenant> {
  const found = (await system.findTenantByHost(request.hostname)) ?? (await system.findTenant(mainTenant));
  if (!found) throw new MusterError('not-found', 'There is no tenant here.');
  return found;
}

/**
 * Refuses secrets that came over a line anybody may read: plain HTTP, unless the peer is this machine, a
 * trusted proxy said https, or the operator allowed it.
 */
export function refuseInsecureSecrets(request: FastifyRequest, allowHttp: boolean): void {
  if (allowHttp || request.protocol === 'https' || isLoopback(request.socket.remoteAddress ?? '')) return;
  throw new MusterError(
    'insecure-transport',
    'Credentials were sent over plain HTTP, where others can read them. Use https; the administrator can set up TLS (see docs/operations/tls.md).',
  );
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
