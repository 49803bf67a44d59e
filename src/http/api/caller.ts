import type { FastifyRequest } from 'fastify';
import { can } from '../../auth/capabilities.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Account, Capability } from '../../ports/accounts.ts';
import type { Actor } from '../../ports/changes.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { authenticateBasic, requestTenant, type AppServices } from '../services.ts';

/** Who asks, and the tenant that is asked. */
export interface Caller {
  readonly store: TenantStore;
  readonly account: Account;
  /** What the journal and the audit call it. */
  readonly actor: Actor;
}

/** What a route asks of its caller; `public` shows nothing of any tenant. */
export type Access = Capability | 'public';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route of the management API that is not public. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

/**
 * Finds out who asks and whether they may: `unauthorised`, `too-many-requests` or `forbidden` otherwise.
 * Further ways to sign in (a session's cookie, a bearer token) are tried here, before HTTP Basic, each giving
 * an account of the *request's* tenant or nothing; the channel of the actor tells which one it was.
 */
export async function findCaller(
  services: AppServices,
  request: FastifyRequest,
  capability: Capability,
): Promise<Caller> {
  const store = await requestTenant(services, request);
  const account = await authenticateBasic(services, request, store);
  if (account === 'throttled') {
    throw new MusterError(
      'too-many-requests',
      'Too many failed sign-ins from this address. Wait a minute and check the credentials.',
    );
  }
  if (account === 'wrong') {
    throw new MusterError(
      'unauthorised',
      'Sign in with the username and password of an account (HTTP Basic).',
    );
  }
  demand(account, capability);
  return { store, account, actor: { name: account.username, channel: 'api' } };
}

/** `forbidden` where an account does not hold what a capability stands for. */
export function demand(account: Pick<Account, 'capabilities'>, capability: Capability): void {
  if (can(account, capability)) return;
  throw new MusterError('forbidden', `This needs the capability “${capability}”.`, { capability });
}
