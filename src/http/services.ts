import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { ApiSessions, Origin } from '../auth/api-sessions.ts';
import { parseBasic } from '../auth/basic.ts';
import type { RequestRate } from '../auth/request-rate.ts';
import type { Verifier } from '../auth/verifier.ts';
import type { Config, Limits } from '../config/config.ts';
import type { DialectServices } from '../dialects/dialect.ts';
import type { ImportQueue } from '../jobs/import-queue.ts';
import type { Events } from '../observability/events.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Account } from '../ports/accounts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import type { UploadPurpose } from '../sync/receive.ts';
import { noteTenant } from './request-log.ts';
import { clientAddress, hostOf, refuseInsecureSecrets, tenantOfHost } from './transport.ts';
import type { UploadLimits, UploadOptions } from './spool-file.ts';
import { receiveMultipart } from './upload.ts';

/** What the server is made of; handed in by the composition root. */
export interface AppServices {
  readonly config: Pick<Config, 'allowHttp' | 'trustProxy'>;
  readonly storage: Storage;
  readonly imports: ImportQueue;
  readonly verifier: Verifier;
  readonly apiSessions: ApiSessions;
  readonly requestRate: RequestRate | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly spoolDir: string;
  /** Other limits than those of the configuration. */
  readonly uploadLimits?: UploadLimits;
  readonly limits?: Partial<Limits>;
}

/** The store of the tenant that the request's host names. */
export async function requestTenant(services: AppServices, request: FastifyRequest): Promise<TenantStore> {
  const tenant = await tenantOfHost(request, services.storage.system);
  noteTenant(request, tenant.slug);
  return services.storage.storeOf(tenant);
}

/** Who asks by HTTP Basic; `wrong` also when no credentials came at all. */
export async function authenticateBasic(
  services: AppServices,
  request: FastifyRequest,
  store: TenantStore,
): Promise<Account | 'wrong' | 'throttled'> {
  const { authorization } = request.headers;
  if (authorization === undefined) return 'wrong';
  const { slug, id } = store.tenant;
  try {
    refuseInsecureSecrets(request, services.config);
  } catch (error) {
    services.events.signIn('insecure', slug);
    throw error;
  }
  const credentials = parseBasic(authorization);
  const answer = credentials
    ? await services.verifier.verify(
        id,
        store.read.accounts,
        credentials.username,
        credentials.password,
        clientAddress(request),
      )
    : 'wrong';
  services.events.signIn(typeof answer === 'string' ? answer : 'succeeded', slug);
  return answer;
}

/** The part of the house that a dialect may use. */
export function dialectServices(services: AppServices): DialectServices {
  return {
    clock: services.clock,
    imports: services.imports,
    tenantOf: (request) => requestTenant(services, request),
    storeOf: (request, tenant) => {
      noteTenant(request, tenant.slug);
      return services.storage.storeOf(tenant);
    },
    apiSessions: services.apiSessions,
    requestRate: services.requestRate,
    origin: (request): Origin => ({ address: clientAddress(request), host: hostOf(request) }),
    refuseInsecureSecrets: (request) => refuseInsecureSecrets(request, services.config),
    authenticate: (request, store) => authenticateBasic(services, request, store),
    receiveMultipart: async (request, tenant, purpose) => {
      using _ = services.imports.expectUpload();
      return await receiveMultipart(request, uploadOptions(services, request, tenant, purpose));
    },
  };
}

/** How an upload for that tenant is taken into the spool; what can be done while it arrives is begun. */
export function uploadOptions(
  { spoolDir, uploadLimits, imports }: Pick<AppServices, 'spoolDir' | 'uploadLimits' | 'imports'>,
  { headers }: IncomingMessage,
  tenant: string,
  { kind, options }: UploadPurpose,
): UploadOptions {
  // The body is as long as this, the file in it no longer. Of one that does not say so nothing is known.
  const sizeBytes = Number(headers['content-length'] ?? 0);
  const onOpen = (path: string) => imports.arriving(tenant, { path, sizeBytes, request: { kind, options } });
  return { spoolDir, ...uploadLimits, onOpen };
}
