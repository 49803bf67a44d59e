import { expect, test } from 'vitest';
import { adminAuthorization, postContacts, startServer } from '../support/server.ts';

const anywhere = [
  '/',
  '/healthz',
  '/nowhere',
  '/api/v1/nowhere',
  '/api/import/nowhere',
  '/docs/problems',
  '/%zz',
];

test('every answer tells browsers not to guess, leak or keep, and names no software', async () => {
  await using server = await startServer();
  for (const path of anywhere) {
    const { headers } = await fetch(`${server.url}${path}`);
    expect(Object.fromEntries(headers), path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers.get('server'), path).toBeNull();
    expect(headers.get('x-powered-by'), path).toBeNull();
    // Over plain HTTP browsers ignore it, and a proxy may serve other things under the name.
    expect(headers.get('strict-transport-security'), path).toBeNull();
  }
  const { headers } = await postContacts(server, 'username,type,contact\n');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('pages load nothing from elsewhere and are framed by nobody', async () => {
  await using server = await startServer();
  for (const path of ['/docs/problems', '/docs/']) {
    const response = await fetch(`${server.url}${path}`);
    expect(response.headers.get('content-type'), path).toContain('text/html');
    const policy = response.headers.get('content-security-policy');
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain('http');
    expect(response.headers.get('x-frame-options'), path).toBe('DENY');
  }
});

test('the bare address leads a browser to the documentation', async () => {
  await using server = await startServer();
  const { status, headers } = await fetch(server.url, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([302, '/docs']);
});

test('a page of another site cannot write with the credentials a browser remembers', async () => {
  await using server = await startServer();
  const post = (site: string | undefined) =>
    fetch(`${server.url}/api/import/userContacts/unknownMode`, {
      method: 'POST',
      headers: { authorization: adminAuthorization, ...(site && { 'sec-fetch-site': site }) },
    });
  expect((await post('cross-site')).status).toBe(403);
  expect((await post('same-site')).status).toBe(403);
  expect(await (await post('cross-site')).json()).toMatchObject({ success: false });
  expect((await post('same-origin')).status).toBe(404);
  expect((await post(undefined)).status).toBe(404);
});
