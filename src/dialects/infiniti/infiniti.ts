import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { can } from '../../auth/capabilities.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Dialect, DialectServices } from '../dialect.ts';
import { answerOf } from './answer.ts';
import { refusal, unauthorised } from './refusals.ts';

/** I2: the two modes, case-sensitive. */
const modes = ['replaceDeclaredPatrons', 'replaceDeclaredPatronsKeepCustomContacts'];

/** The contacts import of Infiniti: `POST /api/import/userContacts/{importMode}`. */
export const infiniti: Dialect = {
  name: 'infiniti',
  routes(app: FastifyInstance, services: DialectServices) {
    // Bodies are read by the handler, once credentials and mode are known to be right.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.setErrorHandler<FastifyError>((error, request, reply) => refusal(error, request, reply));
    const handler = (request: FastifyRequest, reply: FastifyReply) => handle(request, reply, services);
    for (const url of [
      '/api/import/userContacts/:mode',
      '/api/import/userContacts',
      '/api/import/userContacts/',
    ]) {
      app.all(url, handler);
    }
  },
};

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  services: DialectServices,
): Promise<FastifyReply> {
  const store = await services.tenantOf(request);
  // I2: credentials first, then the method and the mode.
  const account = await services.authenticate(request, store);
  if (account === 'throttled') {
    throw new MusterError(
      'too-many-requests',
      'Too many failed sign-ins from this address. Wait a minute and check the credentials.',
    );
  }
  if (account === 'wrong') return unauthorised(reply, 401);
  // I1: the right password without system administration is 403 with the same body.
  if (!can(account, 'administer')) return unauthorised(reply, 403);
  if (request.method !== 'POST') {
    reply.header('allow', 'POST');
    throw new MusterError('method-not-allowed', `Send the file with POST, not ${request.method}.`);
  }
  const { mode = '' } = request.params as { mode?: string };
  if (!modes.includes(mode)) {
    throw new MusterError(
      'not-found',
      `Unknown import mode “${mode}”. The modes are ${modes.join(' and ')}, spelled exactly so.`,
    );
  }

  await using upload = await services.receiveMultipart(request.raw);
  const { slug } = store.tenant;
  const runId = await services.imports.submit(slug, upload, {
    kind: 'contacts',
    mode,
    options: {},
    channel: 'infiniti',
    sender: account.username,
    dryRun: false,
  });
  const run = await services.imports.waitFor(slug, runId);
  return answerOf(run, store.read.runs, reply);
}
