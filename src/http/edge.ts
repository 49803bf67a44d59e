import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config, Limits } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import type { Events } from '../observability/events.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { refuseAmbiguousHost } from './transport.ts';

export interface EdgeOptions {
  readonly servesTls: boolean;
  readonly trustProxy: Config['trustProxy'];
  readonly limits: Pick<Limits, 'urlLengthMax' | 'lingerMs'>;
  readonly events: Events;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What holds for every request before its route is looked at, and for every answer. */
export function edgeHooks(app: FastifyInstance, options: EdgeOptions): void {
  const { servesTls, limits } = options;
  warnOfUnknownProxy(app, options);
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!methods.has(request.method)) {
      reply.header('allow', [...methods].join(', '));
      throw new MusterError('method-not-allowed', 'This method is not served here.');
    }
    if ((request.raw.url?.length ?? 0) > limits.urlLengthMax) {
      throw new MusterError('bad-request', `The address is longer than ${limits.urlLengthMax} characters.`);
    }
    refuseAmbiguousHost(request);
    refuseForeignPages(request);
    // Connections that were open already can still bring requests.
    if (stopping) throw new MusterError('busy', 'Muster is stopping. Ask again in a minute.');
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    setSecurityHeaders(reply, servesTls);
    if (stopping) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete) closeAfter(request, limits.lingerMs);
    done();
  });
}

/** Behind a proxy that nobody named, every client looks like the proxy: told once. */
function warnOfUnknownProxy(app: FastifyInstance, { trustProxy, events }: EdgeOptions): void {
  let told = trustProxy !== false;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!told && request.headers['x-forwarded-for'] !== undefined) {
      told = true;
      events.configWarning('A proxy passes requests on, and MUSTER_TRUST_PROXY does not name it.');
    }
    done();
  });
}

/**
 * A browser that knows Basic credentials sends them with what any page posts here. Browsers say where a
 * request comes from; scripts say nothing and pass.
 */
function refuseForeignPages(request: FastifyRequest): void {
  const from = request.headers['sec-fetch-site'];
  if (readingMethods.has(request.method) || from === undefined) return;
  if (from === 'same-origin' || from === 'none') return;
  throw new MusterError('forbidden', 'A page of another site may not write here.');
}

/**
 * Answered before the whole body came: the rest is read and dropped, so that the sender gets to read the answer
 * (a connection cut under a sender loses it), but not for ever.
 */
function closeAfter(request: FastifyRequest, lingerMs: number): void {
  const { raw } = request;
  const timer = setTimeout(() => raw.socket.destroy(), lingerMs);
  timer.unref();
  for (const end of ['end', 'close'] as const) raw.once(end, () => clearTimeout(timer));
  raw.resume();
}
