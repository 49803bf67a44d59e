import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
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
  const { rawHeaders } = request.raw;
  let hosts = 0;
  // Names and values by turns.
  for (let place = 0; place < rawHeaders.length; place += 2) {
    if (rawHeaders[place]!.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) {
    throw new MusterError('bad-request', 'The request has more than one Host header.');
  }
  if (!request.raw.url?.startsWith('/')) {
    throw new MusterError('bad-request', 'The request target must be a path.');
  }
}

/** The host that was asked for, without port; a dot at the end is the whole name's own. */
export function hostOf(request: FastifyRequest): string {
  return request.hostname.replace(/\.$/, '');
}

/** The tenant whose host name was asked for; a host that belongs to none is `main`'s. */
export async function tenantOfHost(request: FastifyRequest, system: SystemStore): Promise<Tenant> {
  const found = await system.findTenantByHost(hostOf(request), mainTenant);
  if (!found) throw new MusterError('not-found', 'There is no tenant here.');
  return found;
}

/**
 * Whose forwarding headers are believed, as the framework asks it: `true` means the peer itself, and nobody
 * behind it, since what a proxy passes on is whatever its client wrote.
 */
export function trustedProxies(
  trustProxy: Config['trustProxy'],
): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (trustProxy === true) return (_address, hop) => hop === 0;
  return trustProxy === false ? false : [...trustProxy];
}

/**
 * The address that failed sign-ins are counted for. Some proxies add the port to it, which would make each
 * connection another address; and what is no address at all was made up, so it is the peer's.
 */
export function clientAddress(request: FastifyRequest): string {
  const peer = request.socket.remoteAddress ?? '';
  const given = request.ip ?? peer;
  if (given === peer) return peer;
  const bare = /^\[(.+)\](?::\d+)?$/.exec(given)?.[1] ?? /^([\d.]+):\d+$/.exec(given)?.[1] ?? given;
  return isIP(bare.replace(/%.*$/, '')) === 0 ? peer : bare;
}

/**
 * Refuses secrets that came over a line anybody may read: plain HTTP, unless it comes from this machine, a
 * trusted proxy said https, or the operator allowed it. A trusted proxy on this machine that says `http` speaks
 * of somebody else's line; what one says that is not trusted counts for nothing.
 */
export function refuseInsecureSecrets(
  request: FastifyRequest,
  { allowHttp, trustProxy }: Pick<Config, 'allowHttp' | 'trustProxy'>,
): void {
  if (allowHttp || request.protocol === 'https') return;
  const passedOn = trustProxy !== false && request.headers['x-forwarded-proto'] !== undefined;
  const isOurs = isLoopback(request.socket.remoteAddress ?? '') && isLoopback(clientAddress(request));
  if (isOurs && !passedOn) return;
  throw new MusterError(
    'insecure-transport',
    'Credentials were sent over plain HTTP, where others can read them. Use https; the administrator can set up TLS or name the proxy (see docs/operations/tls-and-proxies.md).',
  );
}

/** Whether somebody on this machine asks for itself, not a proxy for somebody else. */
export function isLocalRequest(request: FastifyRequest): boolean {
  const passedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
  return (
    isLoopback(request.socket.remoteAddress ?? '') &&
    passedOn.every((name) => request.headers[name] === undefined)
  );
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
