import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccount, basic, startServer, type TestServer } from '../../support/server.ts';
import { buildCampus, type CampusPlan } from '../../support/campus.ts';
import { request } from '../management/support.ts';

/** Monday, 2 March 2026, noon in London. */
const now = Date.UTC(2026, 2, 2, 12);

const campus: CampusPlan = {
  patrons: ['ada', 'ben', 'cleo', ['dan', 'INACTIVE']],
  types: { CAMERA: true, CRANE: true, TRIPOD: false },
  centers: { Studio: [true, false], Vault: [false, true] },
  sets: {
    lights: { types: ['CRANE'], wcoCenters: ['Vault'], startDate: '2026-04-01' },
    film: { types: ['CAMERA'], centers: ['Studio'], sets: ['lights'] },
  },
  groups: { FILM: { set: 'film' }, BARE: {} },
  sections: {
    'FILM-1': { group: 'FILM' },
    'FILM-2': { group: 'FILM', endDate: '2026-03-02' },
    'BARE-1': { group: 'BARE' },
  },
  members: [
    ['FILM-1', 'ada'],
    ['FILM-1', 'ben', { startDate: '2026-03-09' }],
    ['FILM-2', 'ben'],
    ['FILM-1', 'dan'],
    ['BARE-1', 'cleo'],
  ],
};

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ clock: { now: () => now } });
  await buildCampus(server.store, campus, now);
});
afterAll(() => server.close());

const ask = async (query: string) => (await request(server, 'GET', `/access?${query}`)).body;

test('W20 the chain that grants is shown from the membership to the set', async () => {
  expect(await ask('patron=ada&resourceType=CAMERA')).toEqual({
    granted: true,
    reason: 'Granted by membership in section FILM-1 → section FILM-1 → group FILM → authorization set film.',
    chain: ['member', 'section', 'group', 'authorization-set'].map((entity, index) => ({
      entity,
      uniqueIdentifier: ['FILM-1', 'FILM-1', 'FILM', 'film'][index],
      name: ['FILM-1', 'FILM-1', 'FILM', 'film'][index],
      status: 'ACTIVE',
      startDate: null,
      endDate: null,
    })),
    denials: [],
    at: '2026-03-02T12:00:00.000Z',
  });
});

test('W20 every chain that could grant says which link denies and when it opens', async () => {
  const { granted, chain, denials, reason } = await ask('patron=ben&resourceType=CAMERA');
  expect({ granted, chain, reason }).toEqual({
    granted: false,
    chain: [],
    reason: 'Denied: membership in section FILM-1 starts on 2026-03-09; section FILM-2 ended on 2026-03-02.',
  });
  expect(denials).toMatchObject([
    {
      link: { entity: 'member', uniqueIdentifier: 'FILM-1', status: 'UPCOMING', startDate: '2026-03-09' },
      why: 'starts on 2026-03-09',
      opensAt: '2026-03-09T01:00:00.000Z',
      chainOpensAt: '2026-03-09T01:00:00.000Z',
      before: [],
    },
    {
      link: { entity: 'section', uniqueIdentifier: 'FILM-2', status: 'INACTIVE' },
      why: 'ended on 2026-03-02',
      opensAt: null,
      chainOpensAt: null,
      before: [{ entity: 'member' }],
    },
  ]);
});

test('W16, W20 an upcoming nested set grants nothing yet, and grants once it has started', async () => {
  expect(await ask('patron=ada&resourceType=CRANE')).toMatchObject({
    granted: false,
    denials: [{ link: { uniqueIdentifier: 'lights' }, opensAt: '2026-04-01T00:00:00.000Z' }],
  });
  expect(await ask('patron=ada&resourceType=CRANE&at=2026-04-01T00:00:00Z')).toMatchObject({
    granted: true,
    at: '2026-04-01T00:00:00.000Z',
  });
});

test('W1, W20 any instant can be asked about, to the minute: 00:59, 01:00', async () => {
  const at = async (instant: string) =>
    (await ask(`patron=ben&resourceType=CAMERA&at=${instant}`)).granted as boolean;
  expect(await at('2026-03-01T12:00:00Z')).toBe(true);
  expect(await at('2026-03-02T00:59:59Z')).toBe(true);
  expect(await at('2026-03-02T01:00:00Z')).toBe(false);
  expect(await at('2026-03-09T00:59')).toBe(false);
  expect(await at('2026-03-09T01:00')).toBe(true);
});

test('W20 a portal and the service of a center are two things', async () => {
  const of = async (query: string) => (await ask(query)).reason as string;
  expect(await of('patron=ada&checkoutCenter=Studio')).toMatch(/^Granted by/);
  expect(await of('patron=cleo&checkoutCenter=Studio')).toBe(
    'Denied: no membership of this patron leads to the portal of checkout center Studio.',
  );
  expect(await of('patron=cleo&wcoCheckoutCenter=Studio')).toBe(
    'Granted: service at checkout center Studio is not restricted, so every active patron may have it.',
  );
  expect(await of('patron=cleo&wcoCheckoutCenter=Vault')).toMatch(/^Denied/);
});

test('W20 an inactive patron may have nothing, restricted or not', async () => {
  for (const type of ['CAMERA', 'TRIPOD']) {
    expect(await ask(`patron=dan&resourceType=${type}`)).toMatchObject({
      granted: false,
      reason: 'Denied: the patron is inactive.',
    });
  }
  expect((await request(server, 'GET', '/patrons/dan/access')).body).toMatchObject({ items: [], total: 0 });
});

test.each([
  ['patron=nobody&resourceType=CAMERA', 404],
  ['patron=ada&resourceType=camera', 404],
  ['patron=ada', 400],
  ['patron=ada&resourceType=CAMERA&checkoutCenter=Studio', 400],
  ['patron=ada&resourceType=CAMERA&at=tomorrow', 400],
  ['resourceType=CAMERA', 400],
])('W20 a question that nobody can answer is refused: %s', async (query, status) => {
  expect((await request(server, 'GET', `/access?${query}`)).status).toBe(status);
});

test('W20 the Person-ID names a patron as well', async () => {
  expect(await ask('patron=p-ada&resourceType=CAMERA')).toMatchObject({ granted: true });
});

test('W20 all that a patron may have is listed, each as a single question answers it', async () => {
  const { items, total } = (await request(server, 'GET', '/patrons/ada/access')).body;
  expect(
    items.map((item: { kind: string; identifier: string }) => `${item.kind} ${item.identifier}`),
  ).toEqual([
    'resource-type CAMERA',
    'resource-type TRIPOD',
    'checkout-center Studio',
    'checkout-center Vault',
    'wco-checkout-center Studio',
  ]);
  expect(total).toBe(5);
  const { chain, reason } = await ask('patron=ada&resourceType=CAMERA');
  expect(items[0]).toEqual({
    kind: 'resource-type',
    identifier: 'CAMERA',
    name: 'CAMERA',
    restricted: true,
    reason,
    chain,
  });
  const later = await request(server, 'GET', '/patrons/ada/access?restricted=true&at=2026-04-01T01:00');
  expect(later.body.items.map(({ identifier }: { identifier: string }) => identifier)).toEqual([
    'CAMERA',
    'CRANE',
    'Studio',
    'Vault',
  ]);
  const second = (await request(server, 'GET', '/patrons/ada/access?page=2&pageSize=2')).body;
  expect(second).toMatchObject({
    total: 5,
    page: 2,
    items: [{ identifier: 'Studio' }, { identifier: 'Vault' }],
  });
});

test('W20 an override is recorded with operator and reason, and changes no answer', async () => {
  const made = await request(server, 'POST', '/access/overrides', {
    json: { patron: 'ben', resourceType: 'CAMERA', reason: ' exam today ' },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    at: '2026-03-02T12:00:00.000Z',
    operator: 'admin',
    kind: 'resource-type',
    identifier: 'CAMERA',
    reason: 'exam today',
  });
  expect(await ask('patron=ben&resourceType=CAMERA')).toMatchObject({ granted: false });
  const of = async (patron: string) =>
    (await request(server, 'GET', `/access/overrides?patron=${patron}`)).body;
  expect(await of('ben')).toMatchObject({ total: 1, items: [made.body] });
  expect(await of('ada')).toMatchObject({ total: 0 });
  const [entry] = (await request(server, 'GET', '/audit')).body.items;
  expect(entry).toMatchObject({
    action: 'access.overridden',
    actor: 'admin',
    subject: `patron ${made.body.patronId}`,
    detail: { kind: 'resource-type', identifier: 'CAMERA' },
  });
});

test('W18, W20 whoever may view may ask; an override needs an operator of some organization', async () => {
  const password = 'long enough for tests';
  await addAccount(server, 'viewer', password, ['view']);
  await addAccount(server, 'nowhere', password, ['manage-group-authorizations']);
  const made = await request(server, 'POST', '/accounts', {
    json: {
      username: 'desk',
      password,
      capabilities: ['manage-group-authorizations'],
      organizations: ['Media'],
    },
  });
  expect(made.status).toBe(201);
  const as = async (username: string) => {
    const authorization = basic(username, password);
    const json = { patron: 'ben', resourceType: 'CAMERA', reason: 'exam' };
    const question = await request(server, 'GET', '/access?patron=ada&resourceType=CAMERA', {
      authorization,
    });
    return [
      question.status,
      (await request(server, 'POST', '/access/overrides', { json, authorization })).status,
    ];
  };
  expect(await as('viewer')).toEqual([200, 403]);
  expect(await as('nowhere')).toEqual([200, 403]);
  expect(await as('desk')).toEqual([200, 201]);
});

test('W20 an override without a reason, or of nothing, is refused and leaves no trace', async () => {
  const before = (await request(server, 'GET', '/access/overrides')).body.total;
  for (const json of [
    { patron: 'ben', resourceType: 'CAMERA' },
    { patron: 'ben', resourceType: 'CAMERA', reason: ' ' },
    { patron: 'ben', reason: 'exam' },
  ]) {
    expect((await request(server, 'POST', '/access/overrides', { json })).status).toBe(400);
  }
  expect((await request(server, 'GET', '/access/overrides')).body.total).toBe(before);
});
