import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiSessions, Origin } from '../auth/api-sessions.ts';
import type { RequestRate } from '../auth/request-rate.ts';
import type { Account } from '../ports/accounts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Run } from '../ports/runs.ts';
import type { Tenant, TenantStore } from '../ports/tenant-store.ts';
import type { ImportRequest, Upload, UploadPurpose } from '../sync/receive.ts';

/**
 * One outside format. A dialect names columns, modes and words and leaves everything else to the engine; a
 * new one is a folder beside the others and a line in `registry.ts`.
 */
export interface Dialect {
  readonly name: string;
  /** Addresses that are found in whatever case they are written. */
  readonly caseBlindPaths?: readonly string[];
  /** Adds the dialect's routes to an encapsulated part of the server. */
  routes(app: FastifyInstance, services: DialectServices): void;
}

/** What a dialect may use of the house. */
export interface DialectServices {
  readonly clock: Clock;
  readonly imports: ImportService;
  /** The store of the tenant that the request's host names. */
  tenantOf(request: FastifyRequest): Promise<TenantStore>;
  /** The store of a tenant that the credentials of a request led to. */
  storeOf(request: FastifyRequest, tenant: Tenant): TenantStore;
  /** Codes and tokens of API clients. */
  readonly apiSessions: ApiSessions;
  /** How many calls are let through; unset where nobody counts (`MUSTER_RATE_LIMIT=off`). */
  readonly requestRate: RequestRate | undefined;
  /** Whence a request comes, and the host it asks for. */
  origin(request: FastifyRequest): Origin;
  /** `insecure-transport` where secrets came over plain HTTP that nobody allowed. */
  refuseInsecureSecrets(request: FastifyRequest): void;
  /** Who asks by HTTP Basic; `insecure-transport` when secrets came over plain HTTP that nobody allowed. */
  authenticate(request: FastifyRequest, store: TenantStore): Promise<Account | 'wrong' | 'throttled'>;
  /** The first file of a multipart body, in the spool until disposed, for an import of that purpose. */
  receiveMultipart(
    request: IncomingMessage,
    tenant: string,
    purpose: UploadPurpose,
  ): Promise<Upload & AsyncDisposable>;
}

export interface ImportService {
  submit(tenant: string, upload: Upload, request: ImportRequest): Promise<number>;
  waitFor(tenant: string, runId: number): Promise<Run>;
}
