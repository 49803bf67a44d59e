import { Readable } from 'node:stream';
import { dialects, type Dialect } from '../../src/dialects/registry.ts';

/**
 * Loaded into the real program by a test (`node --import`): a dialect whose routes break in every way, with
 * what they were sent in the message of the error.
 */
const broken: Dialect = {
  name: 'broken',
  routes(app, services) {
    app.post('/planted/throw', (request) => {
      throw new Error(`cannot do ${JSON.stringify(request.body)} ${JSON.stringify(request.headers)}`);
    });
    app.post('/planted/reject', async (request) => {
      const told = JSON.stringify(request.body);
      const cause = Object.assign(new Error(`\n    at ${told}`), { code: told, name: told });
      await Promise.reject(new Error(told, { cause }));
    });
    app.post('/planted/no-error', (request) => Promise.reject(request.body as Error));
    app.post('/planted/sql', async (request) => {
      const store = await services.tenantOf(request);
      const account = {
        username: JSON.stringify(request.body),
        passwordHash: JSON.stringify(request.body),
        capabilities: [],
        organizations: [],
        createdAt: 0,
      };
      await store.transact(async (tx) => {
        await tx.accounts.insert(account);
        await tx.accounts.insert(account);
      });
      return {};
    });
    app.post('/planted/stream', (request, reply) =>
      reply.type('text/plain').send(
        Readable.from(
          (async function* () {
            yield 'begun';
            await Promise.reject(new Error(JSON.stringify(request.body)));
          })(),
        ),
      ),
    );
    app.post('/planted/twice', (request, reply) => {
      void reply.send({ first: true });
      void reply.send(request.body);
    });
    app.post('/planted/late', async (request, reply) => {
      void reply.send({ first: true });
      await Promise.reject(new Error(JSON.stringify(request.body)));
    });
  },
};

(dialects as Dialect[]).push(broken);
