import type { FastifyInstance } from 'fastify';
import { can } from '../auth/capabilities.ts';
import { MusterError } from '../domain/errors.ts';
import { authenticateBasic, type AppServices } from './services.ts';
import { isLocalRequest, mainTenant } from './transport.ts';

/** Long enough that nobody can keep the disk busy by asking. */
const checkedForMs = 1_000;

/**
 * What machines ask. `/healthz`: the process answers. `/readyz`: it can serve, so its storage takes reads and
 * writes and imports can run; 503 otherwise and while it stops. Both are open and say no more than that; the
 * log says what is wrong.
 * `/metrics`: counts in Prometheus' text format, of all tenants together: for this machine itself, and for
 * accounts of tenant `main` that may view.
 */
export function healthRoutes(app: FastifyInstance, services: AppServices): void {
  const { metrics, storage } = services;
  const check = readiness(services);
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (await check()) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
  app.get('/metrics', async (request, reply) => {
    if (!isLocalRequest(request)) {
      const account = await authenticateBasic(services, request, await storage.tenant(mainTenant));
      if (account === 'throttled') throw new MusterError('too-many-requests', 'Too many failed sign-ins.');
      if (account === 'wrong')
        throw new MusterError('unauthorised', 'Sign in with an account of tenant main.');
      if (!can(account, 'view')) throw new MusterError('forbidden', 'This account may not view.');
    }
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

/** Whether all is well; asked at once by many, it is looked at once, and told to the log when it turns bad. */
function readiness({ storage, imports, events }: AppServices): () => Promise<boolean> {
  let checked: { readonly at: number; readonly well: Promise<boolean> } | undefined;
  let wasWell = true;
  async function look(): Promise<boolean> {
    const problem = (await storage.problem()) ?? (await importProblem());
    if (wasWell && problem !== undefined) events.notReady(problem);
    wasWell = problem === undefined;
    return wasWell;
  }
  async function importProblem(): Promise<string | undefined> {
    try {
      await imports.check();
      return undefined;
    } catch (error) {
      events.trouble('import', error);
      return 'No import can run.';
    }
  }
  return () => {
    const now = performance.now();
    if (checked === undefined || now - checked.at > checkedForMs) checked = { at: now, well: look() };
    return checked.well;
  };
}
