import type { FastifyInstance } from 'fastify';
import type { AppServices } from './services.ts';

/** `/healthz`: the process lives. `/readyz`: it can serve, so its storage answers. */
export function healthRoutes(app: FastifyInstance, services: AppServices): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const problem = await services.storage.problem();
    if (problem === undefined) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
}
