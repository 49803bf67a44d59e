import { afterAll, describe, expect, test } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import { filePart, multipartBody } from '../../support/multipart.ts';
import { postHead, rawRequest } from '../../support/raw-http.ts';
import {
  addAccount,
  adminAuthorization,
  adminPassword,
  basic,
  postContacts,
  replaceMode,
  seedUsernames,
  startServer,
} from '../../support/server.ts';

const server = await startServer({ config: { rateLimit: false } });
afterAll(() => server.close());
await seedUsernames(server, 'jdoe1');
await addAccount(server, 'viewer', 'long enough for a viewer', ['view']);
await addAccount(server, 'editor', 'long enough for an editor', ['edit-patrons']);
await addAccount(server, 'autoimport', 'pa:ss:über', ['administer']);

const csv = 'username,type,contact\njdoe1,EMAIL,jdoe1@example.com\n';
const unauthorised = '{"success":false,"summary":"Unauthorised. Check credentials."}';
const challenge = 'Basic realm="Muster", charset="UTF-8"';

describe('credentials of no account', () => {
  test.each([
    ['none at all', null],
    ['an empty header', ''],
    ['a scheme alone', 'Basic '],
    ['what is not base64', 'Basic %%%'],
    ['another scheme', 'Bearer abcdef'],
    ['no colon', `Basic ${Buffer.from('admin').toString('base64')}`],
    ['an empty password', basic('admin', '')],
    ['a wrong password', basic('admin', 'not it')],
    ['an unknown account', basic('nobody', adminPassword)],
    ['the username in the wrong place', basic('', adminPassword)],
  ])('I1 %s is 401 with the exact body and a challenge', async (_what, authorization) => {
    const answer = await postContacts(server, csv, replaceMode, authorization);
    expect(answer.text).toBe(unauthorised);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await contactsOf(server, 'jdoe1')).toEqual([]);
  });
});

test.each([
  ['viewer', 'long enough for a viewer'],
  ['editor', 'long enough for an editor'],
])(
  'I1 the right password of %s, who may not administer, is 403 with the same body',
  async (name, password) => {
    const answer = await postContacts(server, csv, replaceMode, basic(name, password));
    expect(answer.text).toBe(unauthorised);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  },
);

test.each(['utf8', 'latin1'] as const)(
  'I1 a password with colons and an ü is right in %s',
  async (encoding) => {
    const answer = await postContacts(
      server,
      'username,type,contact\n',
      replaceMode,
      basic('autoimport', 'pa:ss:über', encoding),
    );
    expect(answer.status).toBe(200);
  },
);

test('I1 the ü may come as one character or as two', async () => {
  const authorization = basic('autoimport', 'pa:ss:über'.normalize('NFD'));
  expect((await postContacts(server, '', replaceMode, authorization)).status).toBe(200);
});

test('I1 an account of another tenant is nobody here, and the other way round', async () => {
  const { storage } = server.context;
  await storage.createTenant({ slug: 'other', name: 'Other', zone: 'Europe/London' }, ['other.example']);
  await addAccount(server, 'theirs', 'a password of theirs', ['administer'], 'other');
  const post = (host: string, authorization: string) => {
    const body = multipartBody([filePart('')], 'b');
    const head = postHead({
      Host: host,
      Authorization: authorization,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': body.length,
    });
    return rawRequest(server.port, Buffer.concat([Buffer.from(head), body]));
  };
  const theirs = basic('theirs', 'a password of theirs');
  expect(await post('main.example', theirs)).toMatchObject({ status: 401, body: unauthorised });
  expect(await post('other.example', adminAuthorization)).toMatchObject({ status: 401, body: unauthorised });
  expect(await post('other.example', theirs)).toMatchObject({ status: 200 });
  expect(await post('OTHER.example:8080', theirs)).toMatchObject({ status: 200 });
});

describe('I2 credentials come first', () => {
  test.each([
    ['an unknown mode', 'POST', 'nonsense', 'multipart/form-data; boundary=b'],
    ['another method', 'GET', replaceMode, 'multipart/form-data; boundary=b'],
    ['no multipart', 'POST', replaceMode, 'text/csv'],
    ['a content type that cannot be read', 'POST', replaceMode, 'garbage'],
  ])('I2 before %s', async (_what, method, mode, type) => {
    const head = postHead({ 'Content-Type': type, 'Content-Length': 0 }, `/api/import/userContacts/${mode}`);
    const answer = await rawRequest(server.port, head.replace('POST', method));
    expect(answer).toMatchObject({ status: 401, body: unauthorised });
  });
});

const largeBytes = 50 * 1024 * 1024;
const largeHead = postHead({
  Authorization: basic('admin', 'wrong'),
  'Content-Type': 'multipart/form-data; boundary=b',
  'Content-Length': largeBytes,
});

test('I1 a large upload with wrong credentials is refused before its body has come', async () => {
  const answer = await rawRequest(server.port, `${largeHead}--b\r\n`);
  expect(answer).toMatchObject({ status: 401, body: unauthorised });
});

test('I1 a client that sends a large body to its end still reads its 401', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 0x61);
  function* body() {
    yield largeHead;
    for (let sent = 0; sent < largeBytes; sent += chunk.length) yield chunk;
  }
  const answer = await rawRequest(server.port, body(), { readToLast: true });
  expect(answer).toMatchObject({ status: 401, body: unauthorised });
});

test('I1 secrets over plain HTTP from another machine are refused, and the refusal says why', async () => {
  // A proxy that is trusted says that the first leg was http; the loopback between is no excuse for it.
  await using behindProxy = await startServer({ config: { trustProxy: true } });
  const answer = await rawRequest(
    behindProxy.port,
    postHead({
      Authorization: adminAuthorization,
      'X-Forwarded-For': '203.0.113.7',
      'X-Forwarded-Proto': 'http',
      'Content-Length': 0,
    }),
  );
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body)).toMatchObject({
    success: false,
    summary: expect.stringContaining('https'),
  });
});

test('I1 failures from one address throttle that address and do not lock autoimport out elsewhere', async () => {
  await using throttled = await startServer({ config: { trustProxy: true } });
  await addAccount(throttled, 'autoimport', 'its right password', ['administer']);
  const post = async (address: string, password: string) => {
    const response = await fetch(`${throttled.url}/api/import/userContacts/${replaceMode}`, {
      method: 'POST',
      headers: {
        authorization: basic('autoimport', password),
        'x-forwarded-for': address,
        'x-forwarded-proto': 'https',
      },
    });
    return {
      status: response.status,
      body: await response.text(),
      retry: response.headers.get('retry-after'),
    };
  };
  const statuses: number[] = [];
  for (let guess = 0; guess < 11; guess++)
    statuses.push((await post('203.0.113.7', `guess ${guess}`)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  const refused = await post('203.0.113.7', 'its right password');
  expect(refused).toMatchObject({ status: 429, retry: '60' });
  expect(JSON.parse(refused.body)).toMatchObject({ success: false });
  // 400: the credentials are right, and only then is the missing form looked at.
  expect((await post('198.51.100.9', 'its right password')).status).toBe(400);
});
