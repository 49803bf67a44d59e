import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Events } from '../observability/events.ts';

const tenants = new WeakMap<FastifyRequest, string>();

/** Remembers which tenant a request turned out to be for. */
export function noteTenant(request: FastifyRequest, slug: string): void {
  tenants.set(request, slug);
}

/**
 * One line and one count for each answered request: the route's pattern and not the address, and nothing of
 * query, headers or body.
 */
export function requestLog(app: FastifyInstance, events: Events): void {
  app.addHook('onResponse', (request, reply, done) => {
    events.requestAnswered({
      route: request.is404 ? undefined : request.routeOptions.url,
      method: request.method,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      tenant: tenants.get(request),
    });
    done();
  });
}
