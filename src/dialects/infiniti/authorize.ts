import type { FastifyReply, FastifyRequest } from 'fastify';
import { can } from '../../auth/capabilities.ts';
import { MusterError } from '../../domain/errors.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import type { DialectServices } from '../dialect.ts';

/** Who may send contacts, and into which tenant. */
export interface Sender {
  readonly store: TenantStore;
  readonly username: string;
}

/**
 * I1: the account behind the request where it may administer the tenant of the request's host. Otherwise the
 * refusal has been sent: 401, or 403 with the same body where only the capability is missing.
 */
export async function authorize(
  request: FastifyRequest,
  reply: FastifyReply,
  services: DialectServices,
): Promise<Sender | undefined> {
  const store = await services.tenantOf(request);
  const account = await services.authenticate(request, store);
  if (account === 'throttled') {
    throw new MusterError(
      'too-many-requests',
      'Too many failed sign-ins from this address. Wait a minute and check the credentials.',
    );
  }
  if (account !== 'wrong' && can(account, 'administer')) return { store, username: account.username };
  if (account === 'wrong') reply.header('www-authenticate', 'Basic realm="Muster", charset="UTF-8"');
  reply
    .code(account === 'wrong' ? 401 : 403)
    .send({ success: false, summary: 'Unauthorised. Check credentials.' });
  return undefined;
}
