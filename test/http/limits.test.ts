import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { postHead, rawRequest } from '../support/raw-http.ts';
import { adminAuthorization, startServer, type TestServer } from '../support/server.ts';

/** Sends text over one connection and gives everything that comes back until the server closes it. */
async function converse(server: TestServer, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (bytes: Buffer) => (said += bytes.toString()));
  // Cut off is an answer too.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(text);
  await closed;
  return said;
}

async function expectAlive(server: TestServer): Promise<void> {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a method nobody knows', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a TLS greeting', '\u0016\u0003\u0001\u0002', 400],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  [
    'a length beside chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a header without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}`, 431],
  ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(5_000)}\r\n`, 431],
])('%s is answered shortly and closed', async (_what, text, status) => {
  await using server = await startServer();
  const said = await converse(server, text);
  expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(said.toLowerCase()).toContain('connection: close');
  expect(said).not.toMatch(/HPE_|node|stack/i);
  await expectAlive(server);
});

test('methods that nobody needs are refused, also where any method would be routed', async () => {
  await using server = await startServer();
  for (const method of ['TRACE', 'PROPFIND', 'LOCK']) {
    const answer = await rawRequest(
      server.port,
      `${method} /api/import/userContacts/replaceDeclaredPatrons HTTP/1.1\r\nHost: a\r\nX-Secret: 1\r\n\r\n`,
    );
    expect([405, 404], method).toContain(answer.status);
    expect(answer.body).not.toContain('X-Secret');
  }
  const trace = await rawRequest(
    server.port,
    'TRACE /api/import/userContacts/replaceDeclaredPatrons HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  expect(trace).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('POST') } });
});

test('an address that is too long, has a part too long or cannot be read is refused as a problem', async () => {
  await using server = await startServer();
  const problemAt = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await problemAt(`/${'a/'.repeat(5_000)}`)).toEqual([400, 'bad-request']);
  expect(await problemAt(`/api/v1/patrons/${'1'.repeat(300)}`)).toEqual([414, 'bad-request']);
  expect(await problemAt('/api/v1/patrons/%zz')).toEqual([400, 'bad-request']);
  expect(await problemAt('/api/import/nowhere')).toEqual([404, 'not-found']);
});

test('requests in a row over one connection are answered in their order', async () => {
  await using server = await startServer();
  const said = await converse(
    server,
    'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

test('a JSON body beyond the limit is refused', async () => {
  await using server = await startServer({ limits: { jsonBodyBytesMax: 1_000 } });
  const response = await fetch(`${server.url}/api/v1/patrons`, {
    method: 'POST',
    headers: { authorization: adminAuthorization, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'x'.repeat(2_000) }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'too-large' });
});

test('headers that come too slowly end the connection', async () => {
  await using server = await startServer({ limits: { headersTimeoutMs: 50, connectionsCheckMs: 20 } });
  // The rest of the head never comes.
  expect(await converse(server, 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408 /);
  await expectAlive(server);
});

test('a connection that says nothing is ended', async () => {
  await using server = await startServer({ limits: { headersTimeoutMs: 50, connectionsCheckMs: 20 } });
  expect(await converse(server, '')).toMatch(/^(HTTP\/1\.1 408 |$)/);
  await expectAlive(server);
});

test('an upload that stands still is refused, and its connection does not linger', async () => {
  await using server = await startServer({ uploadLimits: { idleMs: 50 }, limits: { lingerMs: 50 } });
  const head = postHead({
    Authorization: adminAuthorization,
    'Content-Type': 'multipart/form-data; boundary=b',
    'Content-Length': 1_000_000,
  });
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\n\r\nusername,type';
  const said = await converse(server, `${head}${part}`);
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
  expect(said).toContain('"success":false');
  await expectAlive(server);
});

test('a body that a 401 did not wait for is read for a while only', async () => {
  await using server = await startServer({ limits: { lingerMs: 50 } });
  const head = postHead({ 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': 1_000_000 });
  expect(await converse(server, `${head}--b`)).toMatch(/^HTTP\/1\.1 401 /);
  await expectAlive(server);
});

test('a request that does not end in time is given up', async () => {
  await using server = await startServer({
    limits: { requestTimeoutMs: 100, headersTimeoutMs: 50, connectionsCheckMs: 20 },
  });
  const head = postHead({
    Authorization: adminAuthorization,
    'Content-Type': 'multipart/form-data; boundary=b',
    'Content-Length': 1_000_000,
  });
  expect(await converse(server, `${head}--b`)).toMatch(/^HTTP\/1\.1 (408|400) /);
  await expectAlive(server);
});

test('connections beyond the limit are dropped, and the ones that stand are served', async () => {
  await using server = await startServer({ limits: { connectionsMax: 2 } });
  const sockets = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
  for (const socket of sockets) await once(socket, 'connect');
  expect(await converse(server, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
  sockets[0]!.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  const [answer] = (await once(sockets[0]!, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of sockets) socket.destroy();
});
