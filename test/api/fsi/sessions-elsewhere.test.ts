import { expect, test, vi } from 'vitest';
import { secretHash } from '../../../src/auth/random-secret.ts';
import { startProcess } from '../../support/process-server.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { runMuster } from '../../support/run-muster.ts';
import { startServer } from '../../support/server.ts';
import {
  addClient,
  call,
  dead,
  fsiPath,
  getCode,
  getTokens,
  isGood,
  makeDataDir,
  serverOn,
  type FsiResult,
  type TestClient,
} from './support.ts';

test('F5 codes and sessions outlive a restart', async () => {
  const dataDir = await makeDataDir();
  let client: TestClient;
  let code: string;
  let tokens: Awaited<ReturnType<typeof getTokens>>;
  {
    await using server = await serverOn(dataDir);
    client = await addClient(server);
    code = await getCode(server, client);
    tokens = await getTokens(server, client);
  }
  await using server = await serverOn(dataDir);
  expect(await isGood(server, tokens.token)).toBe(true);
  expect((await call(server, { action: 'gettoken', code, apisecret: client.secret })).result).toBe(true);
  const renewed = await call(server, {
    action: 'renewtoken',
    token: tokens.token,
    renewtoken: tokens.renewtoken,
    apisecret: client.secret,
  });
  expect(renewed.result).toBe(true);
});

test('revoking a client on the command line ends its live sessions in the serving process at once', async () => {
  await using server = await startProcess();
  const added = await runMuster(server.dataDir, ['client', 'add', 'nightly']);
  const client = JSON.parse(added.stdout) as TestClient;
  const { token } = await getTokens(server, client);
  const code = await getCode(server, client);
  expect(await isGood(server, token)).toBe(true);
  expect((await runMuster(server.dataDir, ['client', 'revoke', 'nightly'])).code).toBe(0);
  expect(await isGood(server, token)).toBe(false);
  expect((await call(server, { action: 'gettoken', code, apisecret: client.secret })).result).toBe(false);
  expect((await call(server, { action: 'getcode', apikey: client.key })).result).toBe(false);
});

test('F7 the key says whose patrons they are; a host that is another tenant’s rules key and token out', async () => {
  await using server = await startServer({ config: { rateLimit: false } });
  const { storage } = server.context;
  await storage.createTenant({ slug: 'north', name: 'North', zone: 'UTC' }, ['north.example']);
  await storage.createTenant({ slug: 'south', name: 'South', zone: 'UTC' }, ['south.example']);
  const client = await addClient(server, 'nightly', 'north');
  const at = async (host: string, members: object): Promise<FsiResult> => {
    const body = JSON.stringify(members);
    const head = `POST ${fsiPath} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const answer = await rawRequest(server.port, head + body);
    return (JSON.parse(answer.body) as { d: FsiResult }).d;
  };
  for (const host of ['north.example', 'NORTH.example:8080', '127.0.0.1', 'nobody.example']) {
    const { code } = await at(host, { action: 'getcode', apikey: client.key });
    const { token } = await at(host, { action: 'gettoken', code, apisecret: client.secret });
    const probe = { action: 'getpatron', token, keyfield: 'username', keyvalue: 'nobody' };
    expect((await at(host, probe)).msg).not.toBe(dead);
    expect((await at('south.example', probe)).msg).toBe(dead);
    expect((await storage.sessions.find(secretHash(token!), Date.now()))?.tenant.slug).toBe('north');
  }
  expect((await at('south.example', { action: 'getcode', apikey: client.key })).result).toBe(false);
  const { code } = await at('north.example', { action: 'getcode', apikey: client.key });
  const foreign = { action: 'gettoken', code, apisecret: client.secret };
  expect((await at('south.example', foreign)).result).toBe(false);
});

test('the last use of a client is told, also while it goes on with one token', async () => {
  let now = Date.UTC(2026, 1, 3, 9);
  await using server = await startServer({ clock: { now: () => now }, config: { rateLimit: false } });
  const client = await addClient(server);
  const lastUsed = async () => (await server.context.storage.clients.findById(1, client.id))?.lastUsedAt;
  expect(await lastUsed()).toBeNull();
  const { token } = await getTokens(server, client);
  expect(await lastUsed()).toBe(now);
  now += 4 * 60_000;
  await isGood(server, token);
  now += 60_000;
  await server.context.apiSessions.find(token, { address: '127.0.0.1', host: '' });
  await vi.waitFor(async () => expect(await lastUsed()).toBe(now));
});
