import { afterEach, beforeEach, expect, test } from 'vitest';
import { addAccount, basic, startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const defaults = {
  bccDefault: 'FALSE',
  personIdField: 'externalid',
  changeThresholds: {
    patronsInactivated: { moreThan: 50, percent: 30 },
    contactsLost: { moreThan: 200, percent: 30 },
    membersInactivated: { moreThan: 50, percent: 30 },
    sectionMembersInactivated: { moreThan: 9, percent: 50 },
  },
  holdAfterUndo: true,
  clientsMayMakeLibrarians: true,
  deliveryRetentionDays: 14,
  journalRetentionDays: 400,
  oneTimeCodeMinutes: 5,
  sessionTokenMinutes: 60,
  fsiAnswerAsText: false,
  tenant: { slug: 'main', name: 'Main', zone: 'Europe/London', hosts: [] },
};

test('I13 settings begin with their defaults, bccDefault FALSE among them', async () => {
  const { status, body } = await request(server, 'GET', '/settings');
  expect([status, body]).toEqual([200, defaults]);
});

test('what is sent changes, what is left out stays, and the audit knows what stood before', async () => {
  const json = { bccDefault: 'TRUE', deliveryRetentionDays: 30, journalRetentionDays: 400 };
  const changed = await request(server, 'PATCH', '/settings', { json });
  expect([changed.status, changed.body]).toEqual([
    200,
    { ...defaults, bccDefault: 'TRUE', deliveryRetentionDays: 30 },
  ]);
  expect((await request(server, 'GET', '/settings')).body).toEqual(changed.body);
  expect(await server.store.read.settings.get()).toMatchObject({ bccDefault: 'TRUE' });

  const { body: audit } = await request(server, 'GET', '/audit');
  expect(audit.items).toMatchObject([
    {
      actor: 'admin',
      action: 'settings.changed',
      detail: { bccDefault: { from: 'FALSE', to: 'TRUE' }, deliveryRetentionDays: { from: 14, to: 30 } },
    },
  ]);
  expect(audit.items[0].detail).not.toHaveProperty('journalRetentionDays');
});

test('S3 a Person-ID is the externalid until the tenant chooses username or barcode', async () => {
  expect((await request(server, 'GET', '/settings')).body.personIdField).toBe('externalid');
  for (const personIdField of ['username', 'barcode', 'externalid']) {
    const { status, body } = await request(server, 'PATCH', '/settings', { json: { personIdField } });
    expect([status, body.personIdField]).toEqual([200, personIdField]);
    expect(await server.store.read.settings.get()).toMatchObject({ personIdField });
  }
});

test('a change that changes nothing is none', async () => {
  await request(server, 'PATCH', '/settings', { json: {} });
  await request(server, 'PATCH', '/settings', { json: { bccDefault: 'FALSE' } });
  expect((await request(server, 'GET', '/audit')).body.total).toBe(0);
});

test('what cannot be meant is refused, names the member and changes nothing', async () => {
  for (const [json, member] of [
    [{ bccDefault: 'SCHOOL_DEFAULT' }, 'bccDefault'],
    [{ personIdField: 'email' }, 'personIdField'],
    [{ deliveryRetentionDays: 0 }, 'deliveryRetentionDays'],
    [{ journalRetentionDays: 1.5 }, 'journalRetentionDays'],
    [{ journalKeptFrom: 0 }, 'journalKeptFrom'],
    [{ tenant: { name: 'Mine' } }, 'tenant'],
  ] as const) {
    const { status, body } = await request(server, 'PATCH', '/settings', { json });
    expect([member, status, body.code]).toEqual([member, 400, 'bad-request']);
    expect(body.detail).toContain(member);
  }
  expect((await request(server, 'GET', '/settings')).body).toEqual(defaults);
});

test('the tenant is shown as it is now, and whoever may not administer only looks', async () => {
  const { system } = server.context.storage;
  await system.updateTenant('main', {
    name: 'Hill School',
    zone: 'Pacific/Auckland',
    hosts: ['lib.example'],
  });
  await addAccount(server, 'editor', 'an editing password', ['edit-patrons']);
  const authorization = basic('editor', 'an editing password');
  expect((await request(server, 'GET', '/settings', { authorization })).body.tenant).toEqual({
    slug: 'main',
    name: 'Hill School',
    zone: 'Pacific/Auckland',
    hosts: ['lib.example'],
  });
  const refused = await request(server, 'PATCH', '/settings', {
    authorization,
    json: { bccDefault: 'TRUE' },
  });
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect(await server.store.read.settings.get()).toMatchObject({ bccDefault: 'FALSE' });
});
