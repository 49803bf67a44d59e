import type { FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { MusterError } from '../../domain/errors.ts';
import type { AppServices } from '../services.ts';
import { accessRoutes } from './access/access.ts';
import { accountRoutes } from './accounts/accounts.ts';
import { apiClientRoutes } from './api-clients/api-clients.ts';
import { auditRoutes } from './audit/audit.ts';
import { findCaller } from './caller.ts';
import { docsRoutes, openapiDocument } from './docs/docs.ts';
import { importRoutes } from './imports/imports.ts';
import { validatorCompiler } from './invalid-input.ts';
import { patronRoutes } from './patrons/patrons.ts';
import { groupRoutes } from './records/groups.ts';
import { memberRoutes } from './records/members.ts';
import { registryRoutes } from './records/registries.ts';
import type { Api } from './serve-operation.ts';
import { ServedAddresses } from './served-addresses.ts';
import { settingsRoutes } from './settings/settings.ts';
import { templateRoutes } from './templates/templates.ts';

const prefix = '/api/v1';

/** The groups of operations: a folder here and a file of `contract/` each. */
const groups: readonly ((api: Api) => void)[] = [
  patronRoutes,
  importRoutes,
  templateRoutes,
  registryRoutes,
  groupRoutes,
  memberRoutes,
  accountRoutes,
  apiClientRoutes,
  settingsRoutes,
  auditRoutes,
  accessRoutes,
];

/** The management API under `/api/v1` with its documentation under `/docs`. */
export async function managementApi(app: FastifyInstance, services: AppServices): Promise<void> {
  const served = new ServedAddresses();
  await openapiDocument(app, served);
  await docsRoutes(app);
  await app.register(
    (scope, _options, done) => {
      scope.setValidatorCompiler(validatorCompiler);
      scope.setSerializerCompiler(serializerCompiler);
      scope.removeContentTypeParser('text/plain');
      guard(scope, services);
      answerUnknownAddresses(scope, served);
      for (const group of groups) group({ app: scope, services, served });
      scope.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () =>
        app.swagger(),
      );
      done();
    },
    { prefix },
  );
}

/** Every request shows who asks before anything of its body is read; a route without a rule answers nobody. */
function guard(scope: FastifyInstance, services: AppServices): void {
  scope.decorateRequest('caller', undefined);
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (request.is404) return;
    const { access } = request.routeOptions.config;
    if (access === undefined) throw new Error('a route of the management API says nothing of who may use it');
    if (access !== 'public') request.caller = await findCaller(services, request, access);
  });
}

function answerUnknownAddresses(scope: FastifyInstance, served: ServedAddresses): void {
  scope.setNotFoundHandler((request, reply) => {
    const path = new URL(request.url, 'http://localhost').pathname.slice(prefix.length);
    const methods = served.methodsOf(path);
    if (methods.length === 0) throw new MusterError('not-found', 'There is nothing at this address.');
    reply.header('allow', methods.join(', '));
    throw new MusterError(
      'method-not-allowed',
      `${request.method} is not possible here; ${methods.join(', ')} is.`,
    );
  });
}
