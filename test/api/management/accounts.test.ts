import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addAccount, adminPassword, basic, startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const mia = {
  username: 'mia',
  password: 'pass:wörd of mia',
  capabilities: ['view', 'manage-group-authorizations'],
  organizations: ['Library'],
};

async function signIn(username: string, password: string): Promise<number> {
  const { status } = await request(server, 'GET', '/imports', { authorization: basic(username, password) });
  return status;
}

test('an account is made, signs in and shows neither password nor hash', async () => {
  const made = await request(server, 'POST', '/accounts', { json: mia });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: expect.any(Number),
    username: 'mia',
    capabilities: ['view', 'manage-group-authorizations'],
    organizations: ['Library'],
    disabled: false,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(await signIn('mia', mia.password)).toBe(200);
  const list = await request(server, 'GET', '/accounts');
  expect(list.body).toMatchObject({ total: 2, page: 1, items: [{ username: 'admin' }, made.body] });
  const one = await request(server, 'GET', `/accounts/${made.body.id}`);
  expect(one.body).toEqual(made.body);
  for (const { text } of [made, list, one]) {
    expect(text).not.toContain('argon2');
    expect(text).not.toContain(mia.password);
  }
});

test('where no password is given one is made and shown this once', async () => {
  const made = await request(server, 'POST', '/accounts', {
    json: { username: 'autoimport', capabilities: ['administer'] },
  });
  expect(made.body.organizations).toEqual([]);
  expect(made.body.password).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){4}$/);
  expect(await signIn('autoimport', made.body.password)).toBe(200);
  const { text } = await request(server, 'GET', `/accounts/${made.body.id}`);
  expect(text).not.toContain(made.body.password);
});

test('a new password, less rights, disabling and removing count from the next request on', async () => {
  const { body } = await request(server, 'POST', '/accounts', {
    json: { ...mia, capabilities: ['administer'] },
  });
  const path = `/accounts/${body.id}`;
  expect(await signIn('mia', mia.password)).toBe(200);

  await request(server, 'PATCH', path, { json: { password: 'another password' } });
  expect(await signIn('mia', mia.password)).toBe(401);
  expect(await signIn('mia', 'another password')).toBe(200);

  const lesser = await request(server, 'PATCH', path, { json: { capabilities: ['view', 'view'] } });
  expect(lesser.body.capabilities).toEqual(['view']);
  const authorization = basic('mia', 'another password');
  expect((await request(server, 'GET', '/audit', { authorization })).status).toBe(403);

  const disabled = await request(server, 'PATCH', path, { json: { disabled: true } });
  expect(disabled.body.disabled).toBe(true);
  expect(await signIn('mia', 'another password')).toBe(401);
  await request(server, 'PATCH', path, { json: { disabled: false } });
  expect(await signIn('mia', 'another password')).toBe(200);

  const removed = await request(server, 'DELETE', path);
  expect([removed.status, removed.text]).toEqual([204, '']);
  expect(await signIn('mia', 'another password')).toBe(401);
  expect((await request(server, 'GET', path)).status).toBe(404);
});

test('every act is in the audit, without anything secret', async () => {
  const { body } = await request(server, 'POST', '/accounts', { json: mia });
  const path = `/accounts/${body.id}`;
  await request(server, 'PATCH', path, { json: { password: 'another password', capabilities: ['view'] } });
  await request(server, 'PATCH', path, { json: { disabled: false, organizations: ['Library'] } });
  await request(server, 'DELETE', path);
  const audit = await request(server, 'GET', '/audit');
  expect(audit.body.items).toMatchObject([
    { actor: 'admin', channel: 'api', action: 'account.removed', subject: 'account mia' },
    {
      action: 'account.changed',
      detail: { password: 'changed', capabilities: { from: mia.capabilities, to: ['view'] } },
    },
    { action: 'account.created', detail: { capabilities: mia.capabilities, organizations: ['Library'] } },
  ]);
  expect(audit.body.total).toBe(3);
  for (const secret of ['argon2', mia.password, 'another password']) {
    expect(audit.text).not.toContain(secret);
  }
});

describe('what is refused', () => {
  test('the last account that may administer cannot be removed, disabled or made less', async () => {
    // Neither one that only views nor one that is disabled could take its place.
    await request(server, 'POST', '/accounts', { json: mia });
    const { body: second } = await request(server, 'POST', '/accounts', {
      json: { ...mia, username: 'deputy', capabilities: ['administer'] },
    });
    await request(server, 'PATCH', `/accounts/${second.id}`, { json: { disabled: true } });
    const { body } = await request(server, 'GET', '/accounts');
    const admin = body.items.find(({ username }: { username: string }) => username === 'admin');
    const path = `/accounts/${admin.id}`;
    for (const answer of [
      await request(server, 'DELETE', path),
      await request(server, 'PATCH', path, { json: { disabled: true } }),
      await request(server, 'PATCH', path, { json: { capabilities: ['edit-patrons'] } }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
      expect(answer.body.detail).toContain('admin');
    }
    expect(await signIn('admin', adminPassword)).toBe(200);

    await request(server, 'PATCH', `/accounts/${second.id}`, { json: { disabled: false } });
    expect((await request(server, 'DELETE', path)).status).toBe(204);
    expect(await signIn('admin', adminPassword)).toBe(401);
    expect(await signIn('deputy', mia.password)).toBe(200);
  });

  test('a username that is taken, whatever its case', async () => {
    const { status, body } = await request(server, 'POST', '/accounts', {
      json: { ...mia, username: ' ADMIN ' },
    });
    expect([status, body.code]).toEqual([409, 'conflict']);
  });

  test('an account that cannot be, with words that help', async () => {
    for (const [json, word] of [
      [{ ...mia, password: 'short' }, 'at least 8'],
      [{ ...mia, username: 'miamiamia', password: 'MiaMiaMia' }, 'username'],
      [{ ...mia, username: 'm:a' }, 'colon'],
      [{ ...mia, username: '  ' }, 'username'],
      [{ ...mia, capabilities: ['admin'] }, 'administer'],
      [{ ...mia, passwordHash: 'x' }, 'passwordHash'],
      [{ username: 'mia' }, 'capabilities'],
    ] as const) {
      const { status, body } = await request(server, 'POST', '/accounts', { json });
      expect([json, status, body.code]).toEqual([json, 400, 'bad-request']);
      expect(body.detail).toContain(word);
    }
    expect((await request(server, 'GET', '/accounts')).body.total).toBe(1);
  });

  test('a weak new password leaves the old one', async () => {
    const { body } = await request(server, 'POST', '/accounts', { json: mia });
    const answer = await request(server, 'PATCH', `/accounts/${body.id}`, { json: { password: 'mia' } });
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ in: 'body', path: 'password' }]]);
    expect(await signIn('mia', mia.password)).toBe(200);
  });

  test('whoever may not administer', async () => {
    await addAccount(server, 'editor', 'an editing password', ['edit-patrons']);
    const authorization = basic('editor', 'an editing password');
    for (const [method, path, json] of [
      ['GET', '/accounts'],
      ['GET', '/accounts/1'],
      ['POST', '/accounts', mia],
      ['PATCH', '/accounts/1', { disabled: true }],
      ['DELETE', '/accounts/1'],
      ['GET', '/audit'],
    ] as const) {
      expect((await request(server, method, path, { authorization, json })).status).toBe(403);
      expect((await request(server, method, path, { authorization: null, json })).status).toBe(401);
    }
    expect((await request(server, 'GET', '/audit')).body.total).toBe(0);
  });

  test('an account of another tenant is not there', async () => {
    await server.context.storage.createTenant({ slug: 'annex', name: 'Annex', zone: 'Europe/London' }, []);
    await addAccount(server, 'one', 'the first password', ['view'], 'annex');
    await addAccount(server, 'two', 'the second password', ['view'], 'annex');
    expect((await request(server, 'GET', '/accounts/2')).status).toBe(404);
    expect((await request(server, 'DELETE', '/accounts/2')).status).toBe(404);
    expect((await request(server, 'GET', '/accounts')).body.total).toBe(1);
  });
});
