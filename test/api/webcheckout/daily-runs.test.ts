import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildCampus, type CampusPlan } from '../../support/campus.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { request } from '../management/support.ts';

const campus: CampusPlan = {
  patrons: ['ada', 'ben', ['dan', 'INACTIVE']],
  types: { CAMERA: true, CRANE: true },
  centers: { Studio: [true, false] },
  sets: {
    lights: { types: ['CRANE'], startDate: '2026-03-05' },
    film: { types: ['CAMERA'], centers: ['Studio'], sets: ['lights'] },
    photo: { types: ['CAMERA'] },
  },
  groups: { FILM: { set: 'film', endDate: '2026-06-01' }, PHOTO: { set: 'photo' } },
  sections: { 'FILM-1': { group: 'FILM', startDate: '2026-03-03' }, 'PHOTO-1': { group: 'PHOTO' } },
  members: [
    ['FILM-1', 'ada'],
    ['FILM-1', 'ben'],
    ['FILM-1', 'dan'],
    ['PHOTO-1', 'ben', { endDate: '2026-03-03' }],
  ],
};

const clock = { time: 0, now: () => clock.time };
const at = (text: string) => (clock.time = Date.parse(text));
let server: TestServer;

beforeEach(async () => {
  at('2026-03-02T12:00:00Z');
  server = await startServer({ clock });
  await buildCampus(server.store, campus, clock.time);
  await server.context.dailyRun.look();
});
afterEach(() => server.close());

const get = async (path: string) => (await request(server, 'GET', path)).body;

test('W3 the server runs a date at its 01:00 local, once, and what it changed can be listed', async () => {
  at('2026-03-03T00:59:59Z');
  await server.context.dailyRun.look();
  expect((await get('/daily-runs')).items).toMatchObject([{ date: '2026-03-02' }]);
  at('2026-03-03T01:00:00Z');
  await Promise.all([server.context.dailyRun.look(), server.context.dailyRun.look()]);
  await server.context.dailyRun.look();
  expect(await get('/daily-runs')).toMatchObject({
    total: 2,
    items: [
      {
        date: '2026-03-03',
        at: '2026-03-03T01:00:00.000Z',
        activated: 1,
        inactivated: 1,
        gaining: 2,
        losing: 0,
      },
      { date: '2026-03-02', activated: 0 },
    ],
  });
  expect((await get('/daily-runs/2026-03-03/changes')).items).toEqual([
    {
      entity: 'section',
      uniqueIdentifier: 'FILM-1',
      name: 'FILM-1',
      patronId: null,
      patron: null,
      patronName: null,
      from: 'UPCOMING',
      to: 'ACTIVE',
    },
    expect.objectContaining({
      entity: 'member',
      uniqueIdentifier: 'PHOTO-1',
      patron: 'p-ben',
      to: 'INACTIVE',
    }),
  ]);
  const studio = { kind: 'checkout-center', identifier: 'Studio', name: 'Studio' };
  const camera = { kind: 'resource-type', identifier: 'CAMERA', name: 'CAMERA' };
  const starts = { entity: 'section', turn: 'start', uniqueIdentifier: 'FILM-1', name: 'FILM-1' };
  const { items, total } = await get('/daily-runs/2026-03-03/access');
  expect(total).toBe(2);
  expect(items).toMatchObject([
    { patron: 'p-ada', gained: [camera, studio], lost: [], because: [starts] },
    // The camera he had by the other section until then.
    { patron: 'p-ben', gained: [studio], lost: [] },
  ]);
});

test('W3 what was missed while the server was down is made up at its start, date by date', async () => {
  at('2026-03-06T12:00:00Z');
  await server.context.dailyRun.look();
  const { items } = await get('/daily-runs?pageSize=3');
  expect(items.map(({ date }: { date: string }) => date)).toEqual(['2026-03-06', '2026-03-05', '2026-03-04']);
  expect((await get('/daily-runs/2026-03-05/access')).items).toMatchObject([
    { patron: 'p-ada', gained: [{ identifier: 'CRANE' }], because: [{ uniqueIdentifier: 'lights' }] },
    { patron: 'p-ben', gained: [{ identifier: 'CRANE' }] },
  ]);
});

test('W3 a date that was not run is not found; one that is none is refused', async () => {
  for (const path of ['', '/changes', '/access']) {
    expect((await request(server, 'GET', `/daily-runs/2026-03-03${path}`)).status).toBe(404);
    expect((await request(server, 'GET', `/daily-runs/2026-02-30${path}`)).status).toBe(400);
  }
});

test('W3, W20 the calendar says the same ahead as the daily run does afterwards', async () => {
  const calendar = await get('/calendar?days=95');
  expect(calendar).toMatchObject({ from: '2026-03-03', to: '2026-06-05', total: 3 });
  const [third, fifth, june] = calendar.items;
  expect(third).toEqual({
    date: '2026-03-03',
    at: '2026-03-03T01:00:00.000Z',
    gaining: 2,
    losing: 0,
    gains: [
      { kind: 'checkout-center', identifier: 'Studio', name: 'Studio', patrons: 2 },
      { kind: 'resource-type', identifier: 'CAMERA', name: 'CAMERA', patrons: 1 },
    ],
    gainsTotal: 2,
    losses: [],
    lossesTotal: 0,
    because: [{ entity: 'section', turn: 'start', uniqueIdentifier: 'FILM-1', name: 'FILM-1', patrons: 2 }],
    becauseTotal: 1,
  });
  expect(fifth).toMatchObject({
    date: '2026-03-05',
    gaining: 2,
    gains: [{ identifier: 'CRANE', patrons: 2 }],
  });
  expect(june).toMatchObject({
    date: '2026-06-01',
    at: '2026-06-01T00:00:00.000Z',
    losing: 2,
    because: [{ entity: 'group', turn: 'end', uniqueIdentifier: 'FILM' }],
  });
  const ahead = await get('/calendar/2026-03-03');
  at('2026-03-03T02:00:00Z');
  await server.context.dailyRun.look();
  expect(await get('/daily-runs/2026-03-03/access')).toEqual(ahead);
  expect((await get('/calendar?days=30')).items.map(({ date }: { date: string }) => date)).toEqual([
    '2026-03-05',
  ]);
});

test('W20 the patrons of a date to come are paged; a date that counts already is refused', async () => {
  expect(await get('/calendar/2026-03-05?page=2&pageSize=1')).toMatchObject({
    total: 2,
    page: 2,
    items: [{ patron: 'p-ben' }],
  });
  expect((await request(server, 'GET', '/calendar/2026-03-02')).status).toBe(400);
  expect((await request(server, 'GET', '/calendar?days=367')).status).toBe(400);
});

test('W3 a daily run neither counts as an edit nor can it be met by an undo', async () => {
  const journal = async () => await server.store.read.changes.stamp();
  const before = await journal();
  at('2026-03-03T01:00:00Z');
  await server.context.dailyRun.look();
  expect(await journal()).toBe(before);
});
