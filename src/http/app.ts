import type { Server } from 'node:https';
import { fastify, LogController, type FastifyInstance } from 'fastify';
import { limits as usualLimits, type Config, type Limits } from '../config/config.ts';
import { dialects as everyDialect, type Dialect } from '../dialects/registry.ts';
import { managementApi } from './api/api.ts';
import { CertificateWatch, readCertificate } from './certificates.ts';
import { edgeHooks } from './edge.ts';
import { healthRoutes } from './health.ts';
import { answerMalformed, answerUnreadableAddress } from './malformed.ts';
import { problemHandlers } from './problems.ts';
import { requestLog } from './request-log.ts';
import { dialectServices, type AppServices } from './services.ts';
import { trustedProxies } from './transport.ts';

/** The HTTP server with everything it serves, not listening yet. */
export function createApp(
  services: AppServices,
  tls: Config['tls'],
  dialects: readonly Dialect[] = everyDialect,
): FastifyInstance {
  const { events, config } = services;
  const limits: Limits = { ...usualLimits, ...services.limits };
  const certificate = tls && readCertificate(tls);
  const servesTls = certificate !== undefined;
  const app = fastify({
    loggerInstance: services.logger,
    // Lines about requests are written by a hook of our own, by route and without what a URL may hold.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies(config.trustProxy),
    bodyLimit: limits.jsonBodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    routerOptions: { maxParamLength: limits.pathPartLengthMax },
    // While stopping, a hook of ours answers in the shape of the route.
    return503OnClosing: false,
    rewriteUrl: caseBlind(dialects),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, events),
    frameworkErrors: (error, _request, reply) => answerUnreadableAddress(error, reply, servesTls, events),
    ...(certificate ? { https: { ...nodeLimits(limits), ...certificate } } : { http: nodeLimits(limits) }),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = limits.connectionsMax;
  if (tls && certificate) {
    // With a certificate it is the server of HTTPS.
    const server = app.server as unknown as Server;
    const watch = new CertificateWatch(server, tls, events, certificate, limits.certificateCheckMs);
    app.addHook('onClose', () => Promise.resolve(watch[Symbol.dispose]()));
  }
  problemHandlers(app);
  requestLog(app, events);
  edgeHooks(app, { servesTls, limits, events, trustProxy: config.trustProxy });
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

/** Brings the addresses that dialects take in any case to the one that is routed; all others stay as they are. */
function caseBlind(dialects: readonly Dialect[]): (request: { url?: string | undefined }) => string {
  const paths = dialects.flatMap(({ caseBlindPaths = [] }) => caseBlindPaths);
  const routed = new Map(paths.map((path) => [path.toLowerCase(), path]));
  return ({ url = '' }) => {
    if (routed.get(url.toLowerCase()) === url) return url;
    const [path = ''] = url.split('?', 1);
    const known = routed.get(path.toLowerCase());
    return known === undefined ? url : known + url.slice(path.length);
  };
}

function nodeLimits(limits: Limits) {
  return {
    maxHeaderSize: limits.headersBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckMs,
  };
}
