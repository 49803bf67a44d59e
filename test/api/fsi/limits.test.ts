import { afterEach, expect, test, vi } from 'vitest';
import { perClient, RequestRate } from '../../../src/auth/request-rate.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { startServer } from '../../support/server.ts';
import { addClient, call, fsiPath, getCode, getTokens, HandClock } from './support.ts';

afterEach(() => void vi.restoreAllMocks());

function post(url: string, members: object, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify(members);
  return fetch(url + fsiPath, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

test('wrong keys and secrets are throttled by address, and a client known from there is not', async () => {
  const clock = new HandClock();
  await using server = await startServer({ clock });
  const known = await addClient(server, 'known');
  const stranger = await addClient(server, 'stranger');
  await getTokens(server, known);
  const guess = { action: 'getcode', apikey: 'mk_guess' };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await call(server, guess)).result).toBe(false);
  }
  const refused = await post(server.url, guess);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await refused.json()).toEqual({
    d: { result: false, msg: expect.stringContaining('Wait a minute') as string, item: [] },
  });
  // Nobody else's guesses lock it out, from another place or from this one.
  await getTokens(server, known);
  expect((await post(server.url, { action: 'getcode', apikey: stranger.key })).status).toBe(429);
  clock.at += 60_000;
  await getTokens(server, stranger);
});

test('guesses of a secret are charged to the address as well', async () => {
  await using server = await startServer({ clock: new HandClock() });
  const client = await addClient(server);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const code = await getCode(server, client);
    expect((await call(server, { action: 'gettoken', code, apisecret: 'ms_guess' })).result).toBe(false);
  }
  const refused = await post(server.url, { action: 'getcode', apikey: client.key });
  expect(refused.status).toBe(429);
});

test('a client that makes far too many calls is told when to go on, and no other client is', async () => {
  await using server = await startServer({ clock: new HandClock() });
  const client = await addClient(server, 'wild');
  const wild = await getTokens(server, client);
  const calm = await getTokens(server, await addClient(server, 'calm'));
  const search = (token: string) => post(server.url, { action: 'searchpatron', token });
  expect((await search(wild.token)).status).toBe(200);
  const { requestRate } = server.context;
  for (let taken = 1; taken < perClient.attempts; taken += 1) requestRate!.takeClient(client.id);
  const refused = await search(wild.token);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({ d: { result: false, item: [] } });
  expect((await search(calm.token)).status).toBe(200);
});

test('an address that makes far too many calls is told so before anything is looked up', async () => {
  await using server = await startServer({ clock: new HandClock() });
  vi.spyOn(RequestRate.prototype, 'takeAddress').mockReturnValue(3);
  const find = vi.spyOn(server.context.apiSessions, 'issueCode');
  const refused = await fetch(server.url + fsiPath, {
    method: 'POST',
    body: new URLSearchParams({ action: 'getcode', apikey: 'mk_x' }),
  });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
  expect(await refused.json()).toMatchObject({
    result: false,
    msg: expect.stringContaining('3 s') as string,
  });
  expect(find).not.toHaveBeenCalled();
});

test('keys over plain HTTP are refused unless it is allowed, before any is looked at', async () => {
  const passedOn = { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.7' };
  await using strict = await startServer({ config: { trustProxy: true } });
  const client = await addClient(strict);
  const members = { action: 'getcode', apikey: client.key };
  const refused = await post(strict.url, members, passedOn);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toEqual({
    d: { result: false, msg: expect.stringContaining('plain HTTP') as string, item: [] },
  });
  const { body } = await rawRequest(
    strict.port,
    `POST ${fsiPath} HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: http\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n`,
  );
  expect(JSON.parse(body)).toMatchObject({ result: false });
  const secure = await post(strict.url, members, { ...passedOn, 'x-forwarded-proto': 'https' });
  expect(secure.status).toBe(200);

  await using lax = await startServer({ config: { trustProxy: true, allowHttp: true } });
  const ofLax = await addClient(lax);
  expect((await post(lax.url, { action: 'getcode', apikey: ofLax.key }, passedOn)).status).toBe(200);
});
