import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';
import { addClient, call, dead, getCode, getTokens, HandClock, isGood, type TestClient } from './support.ts';

const minuteMs = 60_000;

let server: TestServer;
let clock: HandClock;
let client: TestClient;
beforeEach(async () => {
  clock = new HandClock();
  server = await startServer({ clock, config: { rateLimit: false } });
  client = await addClient(server);
});
afterEach(() => server.close());

const getToken = (code: unknown, members: Record<string, unknown> = {}) =>
  call(server, { action: 'gettoken', code, apisecret: client.secret, ...members });
const renew = (tokens: { token: unknown; renewtoken: unknown }, apisecret = client.secret) =>
  call(server, { action: 'renewtoken', token: tokens.token, renewtoken: tokens.renewtoken, apisecret });
const wrongCode = {
  result: false,
  msg: 'The code or the API secret is not valid. Ask for a new code with getcode.',
};

describe('codes', () => {
  test('F4 a key buys a code, code and secret a token that says when it ends', async () => {
    const answer = await call(server, { action: 'getcode', apikey: client.key });
    expect(answer).toEqual({ result: true, msg: '', code: expect.stringMatching(/^mc_/) as string });
    const tokens = await getToken(answer.code);
    expect(tokens).toEqual({
      result: true,
      msg: '',
      token: expect.stringMatching(/^mt_/) as string,
      renewtoken: expect.stringMatching(/^mr_/) as string,
      expire: new Date(clock.at + 60 * minuteMs).toISOString(),
    });
    expect(await isGood(server, tokens.token)).toBe(true);
  });

  test('F4 code and token are taken as the whole object that was answered, or as its JSON text', async () => {
    for (const wrap of [(value: object) => value, (value: object) => JSON.stringify(value)]) {
      const code = await call(server, { action: 'getcode', apikey: client.key });
      const tokens = await getToken(wrap(code));
      expect(tokens.result).toBe(true);
      expect(await isGood(server, wrap(tokens))).toBe(true);
      const renewed = await renew({ token: wrap(tokens), renewtoken: wrap(tokens) });
      expect(renewed.result).toBe(true);
    }
  });

  test('F5 a code is good once, and for five minutes', async () => {
    const code = await getCode(server, client);
    expect((await getToken(code)).result).toBe(true);
    expect(await getToken(code)).toEqual(wrongCode);
    const [early, late] = [await getCode(server, client), await getCode(server, client)];
    clock.at += 5 * minuteMs - 1;
    expect((await getToken(early)).result).toBe(true);
    clock.at += 1;
    expect(await getToken(late)).toEqual(wrongCode);
  });

  test('F5, F6 any attempt spends a code, and a wrong secret is answered like a wrong code', async () => {
    for (const apisecret of ['', 'ms_wrong', client.key, `${client.secret}x`, null, 5]) {
      const code = await getCode(server, client);
      expect(await getToken(code, { apisecret })).toEqual(wrongCode);
      expect(await getToken(code)).toEqual(wrongCode);
    }
    for (const code of ['', 'mc_made-up', client.key, 'x'.repeat(10_000), '\u0000']) {
      expect(await getToken(code)).toEqual(wrongCode);
    }
  });

  test('F5 a code is bound to its key: another client’s secret, or key, makes it worth nothing', async () => {
    const other = await addClient(server, 'other');
    const code = await getCode(server, client);
    expect(await getToken(code, { apisecret: other.secret })).toEqual(wrongCode);
    expect(await getToken(code)).toEqual(wrongCode);
    expect(await getToken(await getCode(server, client), { apikey: other.key })).toEqual(wrongCode);
    expect((await getToken(await getCode(server, client), { apikey: client.key })).result).toBe(true);
  });

  test('F5 a hundred at once with one code: one gets a token', async () => {
    const code = await getCode(server, client);
    const answers = await Promise.all(Array.from({ length: 100 }, () => getToken(code)));
    expect(answers.filter(({ result }) => result)).toHaveLength(1);
    for (const answer of answers.filter(({ result }) => !result)) expect(answer).toEqual(wrongCode);
  });

  test('F6 a key that is unknown, revoked, or no key at all buys nothing', async () => {
    const revoked = await addClient(server, 'gone');
    await server.context.storage.clients.revoke(1, revoked.id, clock.at);
    for (const apikey of ['mk_unknown', revoked.key, client.secret, '', null, 7, { key: client.key }]) {
      expect(await call(server, { action: 'getcode', apikey })).toEqual({
        result: false,
        msg: 'The API key is not valid.',
      });
    }
  });
});

describe('tokens', () => {
  test('F5 several tokens of a client live side by side, each for its hour', async () => {
    const first = await getTokens(server, client);
    clock.at += 10 * minuteMs;
    const second = await getTokens(server, client);
    clock.at += 50 * minuteMs - 1;
    expect(await isGood(server, first.token)).toBe(true);
    clock.at += 1;
    expect(await isGood(server, first.token)).toBe(false);
    expect(await isGood(server, second.token)).toBe(true);
  });

  test('F5 how long codes and tokens live are settings of the tenant', async () => {
    await server.store.transact((tx) => tx.settings.save({ oneTimeCodeMinutes: 1, sessionTokenMinutes: 2 }));
    const late = await getCode(server, client);
    clock.at += minuteMs;
    expect(await getToken(late)).toEqual(wrongCode);
    const tokens = await getTokens(server, client);
    expect(Date.parse(tokens.expire) - clock.at).toBe(2 * minuteMs);
    clock.at += 2 * minuteMs;
    expect(await isGood(server, tokens.token)).toBe(false);
  });

  test('F6 a token that is made up, cut off, or a renew token is dead, in exactly these words', async () => {
    const tokens = await getTokens(server, client);
    for (const token of ['', 'mt_made-up', tokens.token.slice(0, -1), tokens.renewtoken, client.key, null]) {
      expect(await renew({ ...tokens, token })).toEqual({ result: false, msg: dead });
    }
    expect(dead).toBe('Invalidate session token.');
  });

  test('F5 a renewal gives fresh tokens for another hour, and both old ones die', async () => {
    const old = await getTokens(server, client);
    clock.at += 30 * minuteMs;
    const renewed = await renew(old);
    expect(renewed).toEqual({
      result: true,
      msg: '',
      token: expect.stringMatching(/^mt_/) as string,
      renewtoken: expect.stringMatching(/^mr_/) as string,
      expire: new Date(clock.at + 60 * minuteMs).toISOString(),
    });
    expect(await isGood(server, old.token)).toBe(false);
    clock.at += 59 * minuteMs;
    expect(await isGood(server, renewed.token)).toBe(true);
    const again = await renew({ token: renewed.token, renewtoken: renewed.renewtoken });
    expect(again.result).toBe(true);
  });

  test('F5 a renewal needs a live token, the secret, and this token’s renew token', async () => {
    const one = await getTokens(server, client);
    const two = await getTokens(server, client);
    const other = await addClient(server, 'other');
    const wrong = { result: false, msg: 'The API secret or the renew token is not valid.' };
    expect(await renew(one, other.secret)).toEqual(wrong);
    expect(await renew(one, '')).toEqual(wrong);
    expect(await renew({ token: one.token, renewtoken: two.renewtoken })).toEqual(wrong);
    expect(await renew({ token: one.token, renewtoken: one.token })).toEqual(wrong);
    expect(await isGood(server, one.token)).toBe(true);
    clock.at += 60 * minuteMs;
    expect(await renew(one)).toEqual({ result: false, msg: dead });
  });

  test('F5 a renew token used twice ends its whole session, and no other of the client', async () => {
    const old = await getTokens(server, client);
    const bystander = await getTokens(server, client);
    const renewed = await renew(old);
    // With the live token, and even without the secret: only somebody else would still have it.
    expect(await renew({ token: renewed.token, renewtoken: old.renewtoken }, 'ms_wrong')).toEqual({
      result: false,
      msg: dead,
    });
    expect(await isGood(server, renewed.token)).toBe(false);
    expect(await renew({ token: renewed.token, renewtoken: renewed.renewtoken })).toEqual({
      result: false,
      msg: dead,
    });
    expect(await isGood(server, bystander.token)).toBe(true);
  });

  test('F5 a token renewed by fifty at once: one is answered well, and then the session has ended', async () => {
    const old = await getTokens(server, client);
    const answers = await Promise.all(Array.from({ length: 50 }, () => renew(old)));
    const winners = answers.filter(({ result }) => result);
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter(({ result }) => !result)) expect(answer.msg).toBe(dead);
    expect(await isGood(server, winners[0]!.token)).toBe(false);
    expect(await isGood(server, old.token)).toBe(false);
  });

  test('what is stored, and what is logged of it, holds no key, secret, code or token', async () => {
    const code = await getCode(server, client);
    const tokens = await getTokens(server, client);
    const { storage } = server.context;
    const stored = JSON.stringify([
      await storage.clients.list(1),
      await storage.clients.listKeys(1, clock.at),
    ]);
    for (const secret of [client.key, client.secret, code, tokens.token, tokens.renewtoken]) {
      expect(stored).not.toContain(secret);
    }
  });
});
