import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { contactsCsv, patronCount, underWay, usernames } from '../support/big-import.ts';
import { postHead } from '../support/raw-http.ts';
import { adminAuthorization, postContacts, seedUsernames, startServer } from '../support/server.ts';
import '../support/planted-bugs.ts';

const csv = 'username,type,contact\nann,EMAIL,ann@example.org\n';

test('a bug fails its request and says nothing of itself; the server lives on', async () => {
  await using server = await startServer();
  const meet = (bug: string) =>
    fetch(`${server.url}/planted/${bug}`, {
      method: 'POST',
      body: JSON.stringify({ name: 'of a patron' }),
      headers: { 'content-type': 'application/json' },
    });
  for (const bug of ['throw', 'reject', 'no-error', 'sql']) {
    const response = await meet(bug);
    expect(response.status, bug).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal' });
    expect(text).not.toMatch(/of a patron|stack|\.ts/);
  }
  // The answer had begun: it is cut, so that half of it does not look whole.
  await expect(meet('stream').then((response) => response.text())).rejects.toThrow('terminated');
  for (const bug of ['twice', 'late']) expect(await (await meet(bug)).json()).toEqual({ first: true });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('a thread that dies in the middle of an import is replaced, and the import is done once', async () => {
  await using server = await startServer();
  const threads: Worker[] = [];
  const noticed = (worker: Worker) => void threads.push(worker);
  process.on('worker', noticed);
  await seedUsernames(server, ...usernames);
  const answer = postContacts(server, contactsCsv);
  await underWay(server.store);
  const before = threads.length;
  for (const thread of threads.slice()) await thread.terminate();
  expect((await answer).body).toMatchObject({ success: true });
  process.off('worker', noticed);
  expect(threads.length).toBeGreaterThan(before);
  expect(await server.store.read.contacts.count()).toBe(patronCount);
});

test('an upload broken off leaves no delivery, no file and a server that lives', async () => {
  await using server = await startServer();
  await seedUsernames(server, 'ann');
  for (const pieces of [1, 2, 3]) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    const body =
      '--b\r\nContent-Disposition: form-data; name="f"; filename="c.csv"\r\n\r\nusername,type,contact\n';
    const head = postHead({
      Authorization: adminAuthorization,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': 100_000,
    });
    await new Promise<void>((resolve) =>
      socket.write(`${head}${body.slice(0, pieces * 30)}`, () => resolve()),
    );
    socket.resetAndDestroy();
  }
  expect((await postContacts(server, csv)).body).toMatchObject({ success: true });
  const { items } = await server.store.read.runs.list({ page: 1, pageSize: 10 });
  expect(items.map(({ kind }) => kind)).toEqual(['contacts', 'patrons']);
});

test('a client that leaves while it is answered harms nobody', async () => {
  const endless: Dialect = {
    name: 'endless',
    routes(app) {
      app.get('/endless', (_request, reply) =>
        reply.send(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(65_536))),
          }),
        ),
      );
    },
  };
  await using server = await startServer({ dialects: [endless] });
  for (let times = 0; times < 5; times++) {
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/endless`, { signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
  }
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test.each(['throw new Error("kanarek")', 'Promise.reject(new Error("kanarek"))'])(
  'what nobody caught (%s) ends the process with 1 and a line without the message',
  async (bug) => {
    const from = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
    const program = `
      const { createLogger } = await import(${from('observability/logger.ts')});
      const { endOnUncaught } = await import(${from('observability/last-resort.ts')});
      endOnUncaught(createLogger('info'));
      setTimeout(() => { ${bug} }, 0);
      setTimeout(() => {}, 60_000);`;
    const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout, stderr) =>
        resolve({ code: error?.code, said: stdout + stderr }),
      );
    });
    expect(code).toBe(1);
    expect(said).toContain('"msg":"uncaught"');
    expect(said).not.toContain('kanarek');
  },
);
