import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '../../domain/errors.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import type { Dialect, DialectServices } from '../dialect.ts';
import type { FsiAnswer, FsiInput } from './action.ts';
import { actionName } from './action-name.ts';
import { sendAnswer, type Wrapping } from './answer.ts';
import { authActions, deadToken } from './auth-actions.ts';
import { readBody } from './body.ts';
import { FrameworkError } from './framework-error.ts';
import { patronActions } from './patron-actions.ts';
import { businessCodes, refusal } from './refusals.ts';
import { returnedText } from './returned.ts';

const path = '/services/SSLIB_SER_PATRON_API.asmx/patron';

/** FSI's patron API: one address, what is wanted stands in `action`. F18: scripts for the vendor's run as they are. */
export const fsi: Dialect = {
  name: 'fsi',
  // F1: as IIS serves it.
  caseBlindPaths: [path],
  routes(app: FastifyInstance, services: DialectServices) {
    // Every call brings a secret of some kind, so each is judged before its body is read.
    app.addHook('onRequest', (request, _reply, done) => {
      services.refuseInsecureSecrets(request);
      refuseHaste(services.requestRate?.takeAddress(services.origin(request).address));
      done();
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.setErrorHandler<FastifyError>((error, request, reply) => refusal(error, request, reply));
    app.all(path, (request, reply) => handle(request, reply, services));
  },
};

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  services: DialectServices,
): Promise<FastifyReply> {
  if (request.method !== 'POST') {
    reply.header('allow', 'POST');
    const message = `Call this service with POST; ${request.method} is not allowed.`;
    throw new FrameworkError(message, 'System.InvalidOperationException');
  }
  const { input, isJson } = await readBody(request);
  const wrapping = (store?: TenantStore) => (isJson ? jsonWrapping(request, services, store) : bare);
  const { answer, wrapped } = await act(input, request, services, wrapping);
  return sendAnswer(reply, answer, await (wrapped ?? wrapping()));
}

const bare = Promise.resolve<Wrapping>('bare');

interface Acted {
  readonly answer: FsiAnswer;
  /** By the tenant that a good key, code or token led to. */
  readonly wrapped?: Promise<Wrapping>;
}

async function act(
  input: FsiInput,
  request: FastifyRequest,
  services: DialectServices,
  wrapping: (store: TenantStore) => Promise<Wrapping>,
): Promise<Acted> {
  const name = actionName(input);
  const authAction = authActions.get(name);
  if (authAction !== undefined) {
    const { answer, tenant } = await authAction(input, services.apiSessions, services.origin(request));
    return tenant === undefined
      ? { answer }
      : { answer, wrapped: wrapping(services.storeOf(request, tenant)) };
  }
  const patronAction = patronActions.get(name);
  // F3: whoever asks for what there is not.
  if (patronAction === undefined) return { answer: { result: false, msg: 'Unknown action.' } };
  const token = returnedText(input['token'], 'token');
  const session = await services.apiSessions.find(token, services.origin(request));
  if (session === undefined) return { answer: { result: false, msg: deadToken, item: [] } };
  refuseHaste(services.requestRate?.takeClient(session.client.id));
  const store = services.storeOf(request, session.tenant);
  const speaker = { store, client: session.client, sessionId: session.id };
  // Asked for beside the action's first question, which costs less than behind its last.
  const wrapped = wrapping(store);
  wrapped.catch(() => undefined);
  const answer = await answered(() => patronAction(input, speaker, { clock: services.clock }));
  return { answer, wrapped };
}

/** F2: what the rules refuse is an answer. */
async function answered(action: () => Promise<FsiAnswer>): Promise<FsiAnswer> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof MusterError) || !businessCodes.has(error.code)) throw error;
    return { result: false, msg: error.message, item: [] };
  }
}

/** F2: `d` is a text where the tenant says so: the key's, or that of the host where no key was good. */
async function jsonWrapping(
  request: FastifyRequest,
  services: DialectServices,
  store: TenantStore | undefined,
): Promise<Wrapping> {
  const { read } = store ?? (await services.tenantOf(request));
  return (await read.settings.get()).fsiAnswerAsText ? 'text' : 'object';
}

function refuseHaste(waitSeconds = 0): void {
  if (waitSeconds === 0) return;
  throw new MusterError('too-many-requests', `Too many calls at once. Go on in ${waitSeconds} s.`, {
    retryAfterSeconds: waitSeconds,
  });
}
