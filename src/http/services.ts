import type { FastifyRequest } from 'fastify';
import { parseBasic } from '../auth/basic.ts';
import type { Verifier } from '../auth/verifier.ts';
import type { Config } from '../config/config.ts';
import type { DialectServices } from '../dialects/dialect.ts';
import type { ImportQueue } from '../jobs/run-imports.ts';
import type { Logger } from '../observability/logger.ts';
import type { Account } from '../ports/accounts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import { refuseInsecureSecrets, tenantOfHost } from './transport.ts';
import type { UploadLimits } from './spool-file.ts';
import { receiveMultipart } from './upload.ts';

/** What the server is made of; handed in by the composition root. */
export interface AppServices {
  readonly config: Pick<Config, 'allowHttp' | 'trustProxy'>;
  readonly storage: Storage;
  readonly imports: ImportQueue;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly spoolDir: string;
  /** Other limits than those of the configuration. */
  readonly uploadLimits?: UploadLimits;
}

/** The store of the tenant that the request's host names. */
export async function requestTenant(services: AppServices, request: FastifyRequest): Promise<TenantStore> {
  const tenant = await tenantOfHost(request, services.storage.system);
  return services.storage.tenant(tenant.slug);
}

/** Who asks by HTTP Basic; `wrong` also when no credentials came at all. */
export async function authenticateBasic(
  services: AppServices,
  request: FastifyRequest,
  store: TenantStore,
): Promise<Account | 'wrong' | 'throttled'> {
  const { authorization } = request.headers;
  if (authorization === undefined) return 'wrong';
  refuseInsecureSecrets(request, services.config.allowHttp);
  const credentials = parseBasic(authorization);
  if (!credentials) return 'wrong';
  const { username, password } = credentials;
  return services.verifier.verify(store.tenant.id, store.read.accounts, username, password, request.ip);
}

/** The part of the house that a dialect may use. */
export function dialectServices(services: AppServices): DialectServices {
  return {
    clock: services.clock,
    imports: services.imports,
    tenantOf: (request) => requestTenant(services, request),
    authenticate: (request, store) => authenticateBasic(services, request, store),
    receiveMultipart: (request) =>
      receiveMultipart(request, { spoolDir: services.spoolDir, ...services.uploadLimits }),
  };
}
