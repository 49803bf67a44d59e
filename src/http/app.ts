import { readFileSync } from 'node:fs';
import { fastify, type FastifyInstance } from 'fastify';
import { limits, type Config } from '../config/config.ts';
import { dialects as everyDialect, type Dialect } from '../dialects/registry.ts';
import { managementApi } from './api/api.ts';
import { healthRoutes } from './health.ts';
import { problemHandlers } from './problems.ts';
import { dialectServices, type AppServices } from './services.ts';
import { refuseAmbiguousHost } from './transport.ts';

/** The HTTP server with everything it serves, not listening yet. */
export function createApp(
  services: AppServices,
  tls: Config['tls'],
  dialects: readonly Dialect[] = everyDialect,
): FastifyInstance {
  const app = fastify({
    loggerInstance: services.logger,
    // Lines about requests are written by hooks of our own, by route and without what a URL may hold.
    disableRequestLogging: true,
    trustProxy:
      services.config.trustProxy === true || services.config.trustProxy === false
        ? services.config.trustProxy
        : [...services.config.trustProxy],
    bodyLimit: limits.jsonBodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    routerOptions: { maxParamLength: 200 },
    ...(tls ? { https: { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) } } : {}),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = limits.headersTimeoutMs;
  problemHandlers(app);
  app.addHook('onRequest', (request, _reply, done) => {
    refuseAmbiguousHost(request);
    done();
  });
  healthRoutes(app, services);
  void app.register((scope) => managementApi(scope, services));
  for (const dialect of dialects) {
    void app.register((scope, _options, done) => {
      dialect.routes(scope, dialectServices(services));
      done();
    });
  }
  return app;
}
