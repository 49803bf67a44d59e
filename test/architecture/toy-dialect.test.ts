import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import type { Dialect, DialectServices } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import type { ImportRequest } from '../../src/sync/receive.ts';
import { contactsOf } from '../support/contacts-of.ts';
import {
  adminAuthorization,
  postContacts,
  replaceMode,
  seedUsernames,
  startServer,
} from '../support/server.ts';

/**
 * A fourth dialect, whole: PUT a form to `/toy/contacts`, answered in plain text. If this needs more than one
 * object and one entry in the list, the house has lost what it was built for.
 */
const toy: Dialect = {
  name: 'toy',
  routes(app: FastifyInstance, services: DialectServices) {
    app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    app.put('/toy/contacts', async (request, reply) => {
      const store = await services.tenantOf(request);
      const account = await services.authenticate(request, store);
      if (typeof account === 'string') return reply.code(401).send('who are you?');
      const wanted: ImportRequest = {
        kind: 'contacts',
        mode: 'addOrUpdate',
        options: {},
        channel: 'api',
        sender: account.username,
        dryRun: false,
      };
      const { slug } = store.tenant;
      await using upload = await services.receiveMultipart(request.raw, slug, wanted);
      const runId = await services.imports.submit(slug, upload, wanted);
      const run = await services.imports.waitFor(slug, runId);
      return await reply.send(`${run.state}: ${run.counts.created} new`);
    });
  },
};

test('a fourth dialect is one object and one entry in the list', async () => {
  await using server = await startServer({ dialects: [...dialects, toy] });
  await seedUsernames(server, 'jo');
  const put = (headers: Record<string, string>) => {
    const form = new FormData();
    form.append('any', new Blob(['username,type,contact\njo,PHONE,1\njo,PHONE,2\n']), 'any.csv');
    return fetch(`${server.url}/toy/contacts`, { method: 'PUT', body: form, headers });
  };
  expect(await (await put({})).text()).toBe('who are you?');
  expect(await (await put({ authorization: adminAuthorization })).text()).toBe('applied: 2 new');
  expect(await contactsOf(server, 'jo')).toEqual([
    { type: 'PHONE', contact: '1' },
    { type: 'PHONE', contact: '2' },
  ]);
  // The others are there as before, and work on the same patrons.
  const { body } = await postContacts(server, 'username,type,contact\njo,PHONE,2\n', replaceMode);
  expect(body.success).toBe(true);
  expect(await contactsOf(server, 'jo')).toEqual([{ type: 'PHONE', contact: '2' }]);
});

test('a dialect that is not in the list is not served', async () => {
  await using server = await startServer({ dialects: [] });
  const response = await fetch(`${server.url}/api/import/userContacts/${replaceMode}`, { method: 'POST' });
  expect(response.status).toBe(404);
});
