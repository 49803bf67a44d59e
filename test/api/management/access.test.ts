import { get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addAccount,
  adminAuthorization,
  basic,
  seedUsernames,
  startServer,
  type TestServer,
} from '../../support/server.ts';
import { request } from './support.ts';

const password = 'a long enough password';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await seedUsernames(server, 'ada');
  await addAccount(server, 'viewer', password, ['view']);
  await addAccount(server, 'editor', password, ['edit-patrons']);
  await server.context.storage.createTenant({ slug: 'north', name: 'North', zone: 'Europe/London' }, [
    'north.example',
  ]);
  await addAccount(server, 'northern', password, ['administer'], 'north');
});
afterAll(() => server.close());

/** Asks under another host name; `fetch` sends its own. */
function askHost(host: string, authorization: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization };
    get(`${server.url}/api/v1/patrons`, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    }).on('error', reject);
  });
}

test('an account of another tenant is refused, and its own tenant shows it nothing of this one', async () => {
  const northern = basic('northern', password);
  expect((await request(server, 'GET', '/patrons', { authorization: northern })).status).toBe(401);
  expect((await request(server, 'GET', '/patrons')).body.total).toBe(1);
  const own = await askHost('north.example', northern);
  expect([own.status, JSON.parse(own.text)]).toEqual([200, { items: [], total: 0, page: 1, pageSize: 50 }]);
  expect((await askHost('north.example', adminAuthorization)).status).toBe(401);
});

test('an account that may only look cannot write', async () => {
  const authorization = basic('viewer', password);
  expect((await request(server, 'GET', '/patrons/ada', { authorization })).status).toBe(200);
  for (const [method, path, json] of [
    ['POST', '/patrons', { username: 'new' }],
    ['PATCH', '/patrons/ada', { surname: 'X' }],
    ['POST', '/patrons/ada/contacts', { type: 'PHONE', contact: '1' }],
    ['PATCH', '/patrons/ada/contacts/1', { contact: '1' }],
    ['DELETE', '/patrons/ada/contacts/1', undefined],
  ] as const) {
    const { status, body } = await request(server, method, path, { authorization, json });
    expect([status, body.code, body.capability], `${method} ${path}`).toEqual([
      403,
      'forbidden',
      'edit-patrons',
    ]);
  }
  expect((await request(server, 'GET', '/patrons')).body.total).toBe(1);
});

test('an account that edits patrons may, and stands in their history', async () => {
  const authorization = basic('editor', password);
  const { status } = await request(server, 'PATCH', '/patrons/ada', {
    authorization,
    json: { room: 'R1' },
  });
  expect(status).toBe(200);
  const { body } = await request(server, 'GET', '/patrons/ada/history', { authorization });
  expect(body.items[0]).toMatchObject({ actor: 'editor', channel: 'api' });
});

test('wrong credentials are 401 as a problem, and many of them 429', async () => {
  await using other = await startServer();
  const wrong = basic('admin', 'wrong');
  const first = await request(other, 'GET', '/patrons', { authorization: wrong });
  expect(first.status).toBe(401);
  expect(first.headers.get('content-type')).toContain('application/problem+json');
  expect(first.body.code).toBe('unauthorised');
  let last = first;
  for (let attempt = 0; attempt < 100 && last.status === 401; attempt++) {
    last = await request(other, 'GET', '/patrons', { authorization: basic(`nobody${attempt}`, 'x') });
  }
  expect([last.status, last.body.code]).toEqual([429, 'too-many-requests']);
  expect(last.headers.get('retry-after')).not.toBeNull();
});

test('a wrong address is 404, a wrong method 405 with those that are possible', async () => {
  for (const path of ['/', '/nothing', '/patrons/ada/nothing', '/patrons/nobody', '/patrons/999']) {
    const { status, body } = await request(server, 'GET', path);
    expect([status, body?.code], path).toEqual([404, 'not-found']);
  }
  const wrong = await request(server, 'DELETE', '/patrons/ada?x=1');
  expect([wrong.status, wrong.body.code]).toEqual([405, 'method-not-allowed']);
  expect(wrong.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'PATCH']);
  expect(wrong.headers.get('cache-control')).toBe('no-store');
});
