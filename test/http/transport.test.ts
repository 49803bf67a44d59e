import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { addAccount, adminAuthorization, basic, startServer, type TestServer } from '../support/server.ts';

/** An address of the documentation block: no machine's own. */
const outsider = '192.0.2.77';
const proxy = '192.0.2.1';
const importPath = '/api/import/userContacts/unknownMode';

/** Signed in, the unknown mode is 404; refused for the line, 403; wrong credentials, 401. */
async function ask(server: TestServer, options: InjectOptions): Promise<number> {
  const { statusCode } = await server.app.inject({
    method: 'POST',
    url: importPath,
    ...options,
    headers: { authorization: adminAuthorization, ...options.headers },
  });
  return statusCode;
}

test('credentials over plain HTTP are taken from this machine and refused from elsewhere', async () => {
  await using server = await startServer();
  expect(await ask(server, { remoteAddress: '127.0.0.1' })).toBe(404);
  expect(await ask(server, { remoteAddress: '::1' })).toBe(404);
  expect(await ask(server, { remoteAddress: '::ffff:127.0.0.1' })).toBe(404);
  expect(await ask(server, { remoteAddress: outsider })).toBe(403);
  const answer = await server.app.inject({
    method: 'POST',
    url: importPath,
    remoteAddress: outsider,
    headers: { authorization: adminAuthorization },
  });
  expect(answer.json()).toMatchObject({ success: false, summary: expect.stringContaining('plain HTTP') });
  // Without credentials nothing secret came: the usual 401.
  const { statusCode } = await server.app.inject({
    method: 'POST',
    url: importPath,
    remoteAddress: outsider,
  });
  expect(statusCode).toBe(401);
});

test('an operator may allow plain HTTP', async () => {
  await using server = await startServer({ config: { allowHttp: true } });
  expect(await ask(server, { remoteAddress: outsider })).toBe(404);
});

test('a trusted proxy is believed about https, one that is not is not', async () => {
  await using server = await startServer({ config: { trustProxy: [proxy] } });
  const says = (remoteAddress: string, proto: string) =>
    ask(server, {
      remoteAddress,
      headers: { 'x-forwarded-proto': proto, 'x-forwarded-for': '198.51.100.9' },
    });
  expect(await says(proxy, 'https')).toBe(404);
  expect(await says(proxy, 'http')).toBe(403);
  expect(await says(outsider, 'https')).toBe(403);
});

test('a trusted proxy on this machine that says http speaks of another line', async () => {
  await using server = await startServer({ config: { trustProxy: ['loopback'] } });
  const says = (headers: Record<string, string>) => ask(server, { remoteAddress: '127.0.0.1', headers });
  expect(await says({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.9' })).toBe(404);
  expect(await says({ 'x-forwarded-proto': 'http', 'x-forwarded-for': '198.51.100.9' })).toBe(403);
  expect(await says({ 'x-forwarded-proto': 'http' })).toBe(403);
  expect(await says({ 'x-forwarded-for': '198.51.100.9' })).toBe(403);
  // A client cannot call itself local through the proxy.
  expect(await says({ 'x-forwarded-for': '127.0.0.1, 198.51.100.9' })).toBe(403);
  // A script on this machine that goes past the proxy.
  expect(await says({})).toBe(404);
});

test('forwarding headers of nobody trusted count for nothing', async () => {
  await using server = await startServer();
  const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' };
  expect(await ask(server, { remoteAddress: outsider, headers: forged })).toBe(403);
  expect(await ask(server, { remoteAddress: '127.0.0.1', headers: forged })).toBe(404);
});

test('the forwarded host chooses the tenant behind a trusted proxy only', async () => {
  await using server = await startServer({ config: { trustProxy: [proxy] } });
  const { storage } = server.context;
  await storage.createTenant({ slug: 'north', name: 'North', zone: 'Europe/London' }, ['north.example']);
  await addAccount(server, 'northern', 'a password of the north', ['administer'], 'north');
  const asNorthern = (remoteAddress: string, headers: Record<string, string>) =>
    ask(server, {
      remoteAddress,
      headers: { authorization: basic('northern', 'a password of the north'), ...headers },
    });
  const forwarded = { 'x-forwarded-host': 'north.example', 'x-forwarded-proto': 'https' };
  expect(await asNorthern('127.0.0.1', { host: 'north.example' })).toBe(404);
  expect(await asNorthern('127.0.0.1', { host: 'North.Example.' })).toBe(404);
  expect(await asNorthern(proxy, forwarded)).toBe(404);
  expect(
    await asNorthern(proxy, { ...forwarded, 'x-forwarded-host': 'main.example, NORTH.example:8443' }),
  ).toBe(404);
  // Believed from a peer that is no proxy, this would sign in: it is main that is asked.
  expect(await asNorthern('127.0.0.1', { 'x-forwarded-host': 'north.example' })).toBe(401);
});

test('failed sign-ins are counted for the address that a trusted proxy names', async () => {
  await using server = await startServer({ config: { trustProxy: true } });
  const from = (forwardedFor: string, authorization: string) =>
    ask(server, {
      remoteAddress: proxy,
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': forwardedFor, authorization },
    });
  const statuses = new Set<number>();
  // The port that some proxies add, and addresses that the client put before its own, make nobody new.
  for (let attempt = 1; attempt <= 12; attempt++) {
    const forwardedFor = `203.0.113.${attempt}, 198.51.100.9:${50_000 + attempt}`;
    statuses.add(await from(forwardedFor, basic('admin', `wrong ${attempt}`)));
  }
  expect(statuses).toEqual(new Set([401, 429]));
  expect(await from('198.51.100.9', adminAuthorization)).toBe(429);
  expect(await from('198.51.100.10', adminAuthorization)).toBe(404);
});
