import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '../../domain/errors.ts';
import type { ImportRequest } from '../../sync/receive.ts';
import type { Dialect, DialectServices } from '../dialect.ts';
import { answerOf } from './answer.ts';
import { authorize, type Sender } from './authorize.ts';
import { refusal } from './refusals.ts';

/** I2: the two modes, case-sensitive. */
const modes = ['replaceDeclaredPatrons', 'replaceDeclaredPatronsKeepCustomContacts'];

/** The contacts import of Infiniti: `POST /api/import/userContacts/{importMode}`. */
export const infiniti: Dialect = {
  name: 'infiniti',
  routes(app: FastifyInstance, services: DialectServices) {
    const senders = new WeakMap<FastifyRequest, Sender>();
    // I2: credentials first; in a hook, since the server judges the content type before any handler runs.
    app.addHook('onRequest', async (request, reply) => {
      const sender = await authorize(request, reply, services);
      if (sender === undefined) return reply;
      senders.set(request, sender);
      return undefined;
    });
    // Bodies are read by the handler, once the mode is known to be right.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.setErrorHandler<FastifyError>((error, request, reply) => refusal(error, request, reply));
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      handle(request, reply, services, senders.get(request)!);
    for (const url of ['/api/import/userContacts', '/api/import/userContacts/*']) app.all(url, handler);
  },
};

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  services: DialectServices,
  { store, username }: Sender,
): Promise<FastifyReply> {
  if (request.method !== 'POST') {
    reply.header('allow', 'POST');
    throw new MusterError('method-not-allowed', `Send the file with POST, not ${request.method}.`);
  }
  const { '*': mode = '' } = request.params as { '*'?: string };
  if (!modes.includes(mode)) {
    throw new MusterError(
      'not-found',
      `Unknown import mode “${mode}”. The modes are ${modes.join(' and ')}, spelled exactly so.`,
    );
  }
  const runId = await receive(request, services, store.tenant.slug, username, mode);
  const run = await services.imports.waitFor(store.tenant.slug, runId);
  return answerOf(run, store.read.runRows, reply);
}

/** Takes the file in as a run; the spool is empty again when the run's turn comes. */
async function receive(
  request: FastifyRequest,
  services: DialectServices,
  tenant: string,
  sender: string,
  mode: string,
): Promise<number> {
  const wanted: ImportRequest = {
    kind: 'contacts',
    mode,
    options: {},
    channel: 'infiniti',
    sender,
    dryRun: false,
  };
  await using upload = await services.receiveMultipart(request.raw, tenant, wanted);
  // Awaited here, since leaving this function removes the file.
  return await services.imports.submit(tenant, upload, wanted);
}
