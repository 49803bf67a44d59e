import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminAuthorization, seedUsernames, startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await seedUsernames(server, 'ada');
});
afterAll(async () => {
  // Whatever was sent, the server lives and nothing was half done.
  const { body } = await request(server, 'GET', '/patrons');
  expect(body.total).toBe(1);
  await server.close();
});

const json = { 'content-type': 'application/json' };

test('unknown members are refused and named, with what was meant', async () => {
  const { status, body } = await request(server, 'POST', '/patrons', {
    json: { username: 'x', firstName: 'X', admin: true },
  });
  expect(status).toBe(400);
  expect(body.errors).toEqual([
    { in: 'body', path: '', message: 'The member “firstName” is not known here. Did you mean “firstname”?' },
    { in: 'body', path: '', message: 'The member “admin” is not known here.' },
  ]);
});

test('unknown parameters are refused and named', async () => {
  const { status, body } = await request(server, 'GET', '/patrons?pagesize=2');
  expect([status, body.errors[0].in]).toEqual([400, 'query']);
  expect(body.detail).toContain('Did you mean “pageSize”?');
});

test('wrong types and words name the member and what was expected', async () => {
  const cases: [unknown, string, string][] = [
    [{ username: 5 }, 'username', 'Expected a text, got a number.'],
    [{ username: null }, 'username', 'Expected a text, got null.'],
    [{ username: ['a'] }, 'username', 'Expected a text, got an array.'],
    [
      { username: 'x', role: 'STUDNT' },
      'role',
      'Expected one of STUDENT, TEACHER, PARENT, LIBRARIAN. Did you mean STUDENT?',
    ],
    [{ username: 'x', status: 1 }, 'status', 'Expected one of ACTIVE, INACTIVE.'],
    [{ username: 'x'.repeat(1001) }, 'username', 'Expected at most 1000 characters.'],
    [{ username: 'x\u0000y' }, 'username', 'Expected a text that can be stored.'],
    [[], '', 'Expected an object, got an array.'],
    ['text', '', 'Expected an object, got a text.'],
    [null, '', 'Expected an object, got null.'],
  ];
  for (const [sent, path, message] of cases) {
    const { status, body } = await request(server, 'POST', '/patrons', { json: sent });
    expect([status, body.code], JSON.stringify(sent)).toEqual([400, 'bad-request']);
    expect(body.errors).toEqual([{ in: 'body', path, message }]);
  }
  for (const query of [
    'page=0',
    'page=-1',
    'page=x',
    'page=1.5',
    'pageSize=501',
    'page=1&page=2',
    'page=1e99',
  ]) {
    const { status, body } = await request(server, 'GET', `/patrons?${query}`);
    expect([status, body.errors[0].path], query).toEqual([400, query.split('=')[0]]);
  }
});

test('bodies that are no JSON, none, too deep or of another type are refused', async () => {
  const post = (body: string | undefined, headers: Record<string, string> = json) =>
    request(server, 'POST', '/patrons', { ...(body === undefined ? {} : { body }), headers });
  for (const body of ['{', '', '{"username":"x"', '\u0000', '{"__proto__":{"x":1},"username":"x"}']) {
    const answer = await post(body);
    expect([answer.status, answer.body.code], body).toEqual([400, 'bad-request']);
  }
  const deep = await post(`${'['.repeat(1000)}${']'.repeat(1000)}`);
  expect(deep.status).toBe(400);
  const deepMember = await post(`{"username":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`);
  expect(deepMember.body.errors[0].message).toBe('Expected a text, got an object.');
  expect((await post(undefined, {})).status).toBe(400);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
    const answer = await post('{"username":"x"}', { 'content-type': type });
    expect([answer.status, answer.body.code], type).toEqual([415, 'unsupported-media-type']);
  }
});

test('a body over the limit is 413', async () => {
  const { status, body } = await request(server, 'POST', '/patrons', {
    body: JSON.stringify({ username: 'x'.repeat(1024 * 1024) }),
    headers: json,
  });
  expect([status, body.code]).toEqual([413, 'too-large']);
});

test('addresses that are no patron are answered, never a fault of the server', async () => {
  for (const id of [
    '%00',
    '%F0%9F%98%80',
    '..%2F..',
    "'%20OR%201=1",
    '-1',
    '1.5',
    '99999999999999999999',
    ':',
    'id:',
  ]) {
    const { status } = await request(server, 'GET', `/patrons/${id}`);
    expect([400, 404], id).toContain(status);
  }
  const { status, body } = await request(server, 'DELETE', '/patrons/ada/contacts/x');
  expect(status).toBe(400);
  expect(body.errors).toEqual([
    { in: 'path', path: 'contactId', message: 'Expected a number, got something else.' },
  ]);
});

test('a body that is not JSON is told what to send', async () => {
  const post = async (contentType: string, body: string) => {
    const response = await fetch(`${server.url}/api/v1/patrons`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: adminAuthorization },
      body,
    });
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    return [response.status, code, detail];
  };
  expect(await post('application/x-www-form-urlencoded', 'username=x')).toEqual([
    415,
    'unsupported-media-type',
    'Send JSON, with the header Content-Type: application/json.',
  ]);
  expect(await post('application/json', '{"usern')).toEqual([
    400,
    'bad-request',
    'The body is not valid JSON.',
  ]);
});
