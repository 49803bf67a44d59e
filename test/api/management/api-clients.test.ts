import { afterEach, beforeEach, expect, test } from 'vitest';
import { addAccount, basic, startServer, type TestServer } from '../../support/server.ts';
import { call, getTokens, isGood, type TestClient } from '../fsi/support.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer({ config: { rateLimit: false } });
});
afterEach(() => server.close());

async function add(name: string): Promise<TestClient> {
  const { status, body } = await request(server, 'POST', '/api-clients', { json: { name } });
  expect(status).toBe(201);
  return body as TestClient;
}

const isKnown = async (key: string) => (await call(server, { action: 'getcode', apikey: key })).result;

test('a client is made with key and secret, which are shown this once', async () => {
  const made = await add(' Nightly ');
  expect(made).toEqual({
    id: 1,
    name: 'Nightly',
    createdAt: expect.any(String) as string,
    lastUsedAt: null,
    revokedAt: null,
    oldKeyUntil: null,
    key: expect.stringMatching(/^mk_/) as string,
    secret: expect.stringMatching(/^ms_/) as string,
  });
  const { token } = await getTokens(server, made);
  expect(await isGood(server, token)).toBe(true);
  const { key: _key, secret: _secret, ...shown } = made;
  for (const path of ['/api-clients', '/api-clients/1']) {
    const { text, body } = await request(server, 'GET', path);
    expect(path.endsWith('1') ? body : body.items[0]).toEqual({
      ...shown,
      lastUsedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(text).not.toMatch(/m[ks]_|hash/i);
  }
});

test('clients are listed by name in pages', async () => {
  for (const name of ['b', 'A', 'c']) await add(name);
  const { body } = await request(server, 'GET', '/api-clients?page=1&pageSize=2');
  expect(body).toMatchObject({ total: 3, page: 1, pageSize: 2, items: [{ name: 'A' }, { name: 'b' }] });
});

test('rotated: old and new are good side by side until the instant, seven days unless said', async () => {
  const old = await add('nightly');
  const rotated = await request(server, 'POST', '/api-clients/1/rotate', { json: {} });
  expect(rotated.status).toBe(200);
  const days = (Date.parse(rotated.body.oldKeyUntil) - Date.now()) / (24 * 60 * 60_000);
  expect(Math.round(days)).toBe(7);
  const { token } = await getTokens(server, old);
  expect([await isKnown(old.key), await isKnown(rotated.body.key)]).toEqual([true, true]);

  const past = '2020-01-01T00:00:00+01:00';
  const last = await request(server, 'POST', '/api-clients/1/rotate', { json: { oldKeyUntil: past } });
  expect(last.body.oldKeyUntil).toBeNull();
  expect(await isKnown(old.key)).toBe(false);
  expect(await isKnown(rotated.body.key)).toBe(false);
  expect(await isKnown(last.body.key)).toBe(true);
  // What the old key began ended with it.
  expect(await isGood(server, token)).toBe(false);
});

test('revoked for good: key and live sessions are dead at once, and the name is free', async () => {
  const client = await add('nightly');
  const { token } = await getTokens(server, client);
  const revoked = await request(server, 'POST', '/api-clients/1/revoke');
  expect([revoked.status, revoked.body.revokedAt]).toEqual([200, expect.stringMatching(/Z$/)]);
  expect(await isGood(server, token)).toBe(false);
  expect(await isKnown(client.key)).toBe(false);
  for (const path of ['/api-clients/1/revoke', '/api-clients/1/rotate']) {
    const again = await request(server, 'POST', path, { json: {} });
    expect([path, again.status, again.body.code]).toEqual([path, again.status, 'conflict']);
    expect(again.status).toBe(409);
  }
  expect((await add('NIGHTLY')).id).toBe(2);
});

test('the audit says who made, rotated and revoked a client, and nothing secret', async () => {
  const client = await add('nightly');
  await request(server, 'POST', '/api-clients/1/rotate', { json: { oldKeyUntil: '2020-01-01T00:00:00Z' } });
  await request(server, 'POST', '/api-clients/1/revoke');
  const { body, text } = await request(server, 'GET', '/audit');
  const entries = body.items as { actor: string; action: string; subject: string }[];
  expect(entries.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
    ['admin', 'api-client.revoked', 'API client nightly'],
    ['admin', 'api-client.rotated', 'API client nightly'],
    ['admin', 'api-client.created', 'API client nightly'],
  ]);
  expect(text).not.toContain(client.key);
  expect(text).not.toMatch(/m[ks]_/);
});

test('what cannot be meant is refused, and only administrators see or change clients', async () => {
  await add('nightly');
  for (const [method, path, json, status] of [
    ['POST', '/api-clients', { name: 'Nightly' }, 409],
    ['POST', '/api-clients', { name: ' ' }, 400],
    ['POST', '/api-clients', { name: 'x'.repeat(201) }, 400],
    ['POST', '/api-clients', { name: 'a\nb' }, 400],
    ['POST', '/api-clients', {}, 400],
    ['POST', '/api-clients', { name: 'a', secret: 'mine' }, 400],
    ['POST', '/api-clients/1/rotate', { oldKeyUntil: 'tomorrow' }, 400],
    ['POST', '/api-clients/1/rotate', { oldKeyUntil: '2999-01-01T00:00:00Z' }, 400],
    ['POST', '/api-clients/7/rotate', {}, 404],
    ['POST', '/api-clients/7/revoke', {}, 404],
    ['GET', '/api-clients/7', undefined, 404],
  ] as const) {
    const answer = await request(server, method, path, json === undefined ? {} : { json });
    expect([path, json, answer.status]).toEqual([path, json, status]);
  }
  await addAccount(server, 'editor', 'an editing password', ['edit-patrons']);
  const authorization = basic('editor', 'an editing password');
  for (const path of ['/api-clients', '/api-clients/1']) {
    expect((await request(server, 'GET', path, { authorization })).status).toBe(403);
  }
});

test('a tenant sees and changes nothing of another’s clients', async () => {
  const { storage } = server.context;
  await storage.createTenant({ slug: 'north', name: 'North', zone: 'UTC' }, ['localhost']);
  await addAccount(server, 'boss', 'a password of north', ['administer'], 'north');
  await add('nightly');
  const north = { url: server.url.replace('127.0.0.1', 'localhost') };
  const authorization = basic('boss', 'a password of north');
  const ask = (method: string, path: string) =>
    request(north, method, path, { authorization, json: method === 'POST' ? {} : undefined });
  expect((await ask('GET', '/api-clients')).body.total).toBe(0);
  expect((await ask('GET', '/api-clients/1')).status).toBe(404);
  expect((await ask('POST', '/api-clients/1/rotate')).status).toBe(404);
  expect((await ask('POST', '/api-clients/1/revoke')).status).toBe(404);
  expect((await storage.clients.findById(1, 1))?.revokedAt).toBeNull();
});
