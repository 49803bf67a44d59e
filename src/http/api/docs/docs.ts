import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { ServedAddresses } from '../served-addresses.ts';
import { finishDocument } from './finish-document.ts';
import { problemsPage } from './problems-page.ts';

/** Nothing is loaded from elsewhere and nothing may frame the pages. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Gathers the OpenAPI 3.1 document from the routes that are registered after this; `app.swagger()` gives it. */
export async function openapiDocument(app: FastifyInstance, served: ServedAddresses): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Muster management API',
        version: '1',
        description:
          'Patrons, contacts and imports of one tenant: the one whose host name is asked for. Refusals are problem documents (RFC 9457); [/docs/problems](/docs/problems) explains their codes.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => finishDocument(jsonSchemaTransformObject(input), served.operations),
  });
}

/** `/docs`: the operations, to be read and tried; `/docs/problems`: the codes of refusals. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  // There is nothing else yet for somebody who types the bare address into a browser.
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  app.get('/docs/problems', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .type('text/html; charset=utf-8')
      .send(problemsPage()),
  );
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    theme: { title: 'Muster management API' },
    // Without the bar that could load another document.
    uiConfig: { layout: 'BaseLayout', deepLinking: true },
  });
}
