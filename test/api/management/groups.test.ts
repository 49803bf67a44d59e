import { afterEach, beforeEach, expect, test } from 'vitest';
import { basic, startServer, type TestServer } from '../../support/server.ts';
import { request, type ApiAnswer } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  // Noon of 2 March 2026 in the zone of tests.
  server = await startServer({ clock: { now: () => Date.parse('2026-03-02T12:00:00Z') } });
});
afterEach(() => server.close());

const post = (path: string, json: unknown, authorization?: string) =>
  request(server, 'POST', path, { json, ...(authorization && { authorization }) });
const patch = (path: string, json: unknown, authorization?: string) =>
  request(server, 'PATCH', path, { json, ...(authorization && { authorization }) });
const get = (path: string) => request(server, 'GET', path);

async function made(path: string, json: unknown): Promise<ApiAnswer['body']> {
  const answer = await post(path, json);
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** Two departments, a camera, a desk, a group with its set and section, and patrons by Person-ID. */
async function campus(): Promise<void> {
  for (const name of ['Film', 'Music']) await made('/organizations', { name });
  await made('/resource-types', { uniqueIdentifier: 'CAM', name: 'Cameras', restricted: true });
  await made('/checkout-centers', { name: 'Front Desk', portalRestricted: true });
  await made('/authorization-sets', {
    uniqueIdentifier: 'SET',
    name: 'Film set',
    organization: 'Film',
    resourceTypes: ['CAM'],
    checkoutCenters: ['Front Desk'],
  });
  await made('/groups', {
    uniqueIdentifier: 'G1',
    name: 'Film one',
    organization: 'Film',
    primarySet: 'SET',
  });
  await made('/sections', { uniqueIdentifier: 'SEC1', name: 'Mondays', group: 'G1' });
  for (const n of [1, 2]) {
    await made('/patrons', {
      username: `pupil${n}`,
      externalid: `P${n}`,
      firstname: 'Ada',
      surname: `No${n}`,
    });
  }
}

async function operatorAt(...organizations: string[]): Promise<string> {
  const capabilities = ['manage-group-authorizations'];
  await made('/accounts', { username: 'mia', password: 'pass of mia', capabilities, organizations });
  return basic('mia', 'pass of mia');
}

test('registries are filled, listed, found by name and renamed', async () => {
  await campus();
  expect((await get('/organizations?q=fil')).body).toMatchObject({ items: [{ name: 'Film' }], total: 1 });
  expect((await get('/resource-types/CAM')).body).toEqual({
    uniqueIdentifier: 'CAM',
    name: 'Cameras',
    restricted: true,
  });
  const desk = await patch('/checkout-centers/Front%20Desk', { name: 'Desk 1', wcoRestricted: true });
  expect(desk.body).toEqual({ name: 'Desk 1', portalRestricted: true, wcoRestricted: true });
  expect((await get('/checkout-centers/Front%20Desk')).status).toBe(404);
  expect((await get('/authorization-sets/SET')).body.checkoutCenters).toEqual(['Desk 1']);
  const again = await post('/organizations', { name: 'Film' });
  expect([again.status, again.body.code]).toEqual([409, 'conflict']);
  expect((await post('/organizations', { name: ' ' })).status).toBe(400);
});

test('W18 who holds a capability at an organization holds it under its new name', async () => {
  await campus();
  const mia = await operatorAt('Film');
  await patch('/organizations/Film', { name: 'Cinema' });
  expect((await patch('/groups/G1', { name: 'One' }, mia)).status).toBe(200);
});

test('a group is made, shown, listed and changed, and its history says by whom', async () => {
  await campus();
  expect((await get('/groups/G1')).body).toEqual({
    uniqueIdentifier: 'G1',
    name: 'Film one',
    organization: 'Film',
    primarySet: 'SET',
    status: 'ACTIVE',
    startDate: null,
    endDate: null,
    inactive: false,
    description: '',
    note: '',
    contactPerson: null,
    contactRole: '',
    telephone: '',
    email: '',
    url: '',
    contactNote: '',
  });
  const changed = await patch('/groups/G1', {
    startDate: '2026-03-03',
    contactPerson: 'P1',
    contactRole: 'Tutor',
  });
  expect(changed.body).toMatchObject({ status: 'UPCOMING', startDate: '2026-03-03', contactPerson: 'P1' });
  expect((await get('/groups?organization=Film&status=UPCOMING')).body.total).toBe(1);
  expect((await get('/groups?organization=Music')).body.total).toBe(0);
  expect((await get('/groups?organization=Nowhere')).body).toMatchObject({ items: [], total: 0 });
  const { body: history } = await get('/groups/G1/history');
  expect(history.total).toBe(2);
  expect(history.items[0]).toMatchObject({ actor: 'admin', channel: 'api', action: 'updated', runId: null });
  expect(history.items[0].changes).toContainEqual({ field: 'startDate', before: null, after: '2026-03-03' });
  expect(history.items[1].changes).toContainEqual({ field: 'organization', before: null, after: 'Film' });
});

test('W2 by hand a flag alone makes inactive, and is taken away again (W4)', async () => {
  await campus();
  expect((await patch('/groups/G1', { status: 'INACTIVE' })).body).toMatchObject({
    status: 'INACTIVE',
    inactive: true,
    endDate: null,
  });
  expect((await patch('/groups/G1', { status: 'ACTIVE' })).body).toMatchObject({ status: 'ACTIVE' });
});

test('W9 only an administrator changes an identifier', async () => {
  await campus();
  const mia = await operatorAt('Film');
  const refused = await patch('/groups/G1', { uniqueIdentifier: 'G2' }, mia);
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect((await patch('/groups/G1', { uniqueIdentifier: 'G2' })).body.uniqueIdentifier).toBe('G2');
  expect((await get('/sections/SEC1')).body.group).toBe('G2');
});

test('W13 a contact person exists and is active', async () => {
  await campus();
  const unknown = await patch('/groups/G1', { contactPerson: 'P9' });
  expect([unknown.status, unknown.body.errors[0].path]).toEqual([400, 'contactPerson']);
  const [{ id }] = (await get('/patrons?q=pupil2')).body.items;
  await patch(`/patrons/${id}`, { status: 'INACTIVE' });
  expect((await patch('/groups/G1', { contactPerson: 'P2' })).status).toBe(400);
});

test('W17, W18 operators act at their organizations only', async () => {
  await campus();
  const mia = await operatorAt('Music');
  for (const answer of [
    await patch('/groups/G1', { name: 'Mine' }, mia),
    await patch('/sections/SEC1', { name: 'Mine' }, mia),
    await patch('/authorization-sets/SET', { delegatedTo: ['Music'] }, mia),
    await post('/sections/SEC1/members', { patron: 'P1' }, mia),
    await post('/groups', { uniqueIdentifier: 'G3', name: 'Mine', organization: 'Film' }, mia),
    await post('/organizations', { name: 'Mine' }, mia),
  ]) {
    expect([answer.status, answer.body.code], answer.text).toEqual([403, 'forbidden']);
  }
  // The owner delegates, and then the other organization may use it.
  const group = { uniqueIdentifier: 'G3', name: 'Music', organization: 'Music', primarySet: 'SET' };
  const foreign = await post('/groups', group, mia);
  expect([foreign.status, foreign.body.errors[0].path]).toEqual([400, 'primarySet']);
  await patch('/authorization-sets/SET', { delegatedTo: ['Music'] });
  expect((await post('/groups', group, mia)).status).toBe(201);
  const stranded = await patch('/authorization-sets/SET', { delegatedTo: [] });
  expect(stranded.status).toBe(409);
  expect(stranded.body.detail).toContain('G3');
});

test('W15, W16 entries are registered, and nesting closes no circle', async () => {
  await campus();
  const bad = await post('/authorization-sets', {
    uniqueIdentifier: 'X',
    name: 'X',
    organization: 'Film',
    resourceTypes: ['CAM', 'BOAT', 'cam'],
  });
  expect(bad.status).toBe(400);
  expect(bad.body.detail).toContain('“BOAT”, “cam”');
  await made('/authorization-sets', {
    uniqueIdentifier: 'B',
    name: 'B',
    organization: 'Film',
    sets: ['SET'],
  });
  const circle = await patch('/authorization-sets/SET', { sets: ['B'] });
  expect(circle.status).toBe(400);
  expect(circle.body.detail).toContain('SET → B → SET');
  expect((await patch('/authorization-sets/SET', { resourceTypes: [] })).body.resourceTypes).toEqual([]);
});

test('members are added, shown by Person-ID, made inactive and active again', async () => {
  await campus();
  const added = await post('/sections/SEC1/members', { patron: 'P1', endDate: '2026-06-01' });
  expect(added.status).toBe(201);
  expect(added.headers.get('location')).toBe('/api/v1/sections/SEC1/members/P1');
  expect(added.body).toEqual({
    patron: 'P1',
    patronId: expect.any(Number),
    name: 'Ada No1',
    status: 'ACTIVE',
    startDate: null,
    endDate: '2026-06-01',
    inactive: false,
  });
  expect((await post('/sections/SEC1/members', { patron: 'P1' })).status).toBe(409);
  expect((await post('/sections/SEC1/members', { patron: 'P9' })).status).toBe(400);
  expect((await patch('/sections/SEC1/members/P2', { endDate: null })).status).toBe(404);
  expect((await patch('/sections/SEC1/members/P1', { status: 'INACTIVE' })).body).toMatchObject({
    status: 'INACTIVE',
    endDate: '2026-06-01',
  });
  expect((await get('/sections/SEC1/members?status=ACTIVE')).body.total).toBe(0);
  expect((await get('/sections/SEC1/members')).body.total).toBe(1);
  const { body: history } = await get('/sections/SEC1/history');
  expect(
    history.items.map(({ entity, action }: { entity: string; action: string }) => `${entity} ${action}`),
  ).toEqual(['member inactivated', 'member created', 'section created']);
});

test('a section moves to another group only where its operator may act at both (W10, W18)', async () => {
  await campus();
  await made('/groups', { uniqueIdentifier: 'G2', name: 'Music', organization: 'Music' });
  const mia = await operatorAt('Film');
  expect((await patch('/sections/SEC1', { group: 'G2' }, mia)).status).toBe(403);
  expect((await patch('/sections/SEC1', { group: 'G2' })).body.group).toBe('G2');
});
