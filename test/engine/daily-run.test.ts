import { expect, test } from 'vitest';
import { rederiveStatuses, runDueDays, settleToday } from '../../src/directory/daily-run.ts';
import { setTenant } from '../../src/directory/tenants.ts';
import { termEntities } from '../../src/ports/daily-runs.ts';
import type { TenantReader, TenantStore } from '../../src/ports/tenant-store.ts';
import { buildCampus, type CampusIds, type CampusPlan } from '../support/campus.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const instantOf = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
const zone = 'America/New_York';

const campus: CampusPlan = {
  patrons: ['ada', 'ben', 'cleo', ['dan', 'INACTIVE']],
  types: { CAMERA: true, CRANE: true, TRIPOD: false },
  centers: { Studio: [true, false] },
  sets: {
    lights: { types: ['CRANE'], startDate: '2026-03-05' },
    film: { types: ['CAMERA', 'TRIPOD'], centers: ['Studio'], sets: ['lights'] },
    photo: { types: ['CAMERA'] },
  },
  groups: { FILM: { set: 'film', endDate: '2026-03-10' }, PHOTO: { set: 'photo' } },
  sections: { 'FILM-1': { group: 'FILM', startDate: '2026-03-03' }, 'PHOTO-1': { group: 'PHOTO' } },
  members: [
    ['FILM-1', 'ada'],
    ['FILM-1', 'ben'],
    ['FILM-1', 'dan'],
    ['PHOTO-1', 'ben'],
    ['PHOTO-1', 'cleo', { endDate: '2026-03-03' }],
  ],
};

/** The campus on 2 March 2026, noon in New York, that date run already. */
async function openCampus(): Promise<TestEngine & { ids: CampusIds; run: () => Promise<string[]> }> {
  const engine = await openEngine(instantOf('2026-03-02T17:00:00Z'));
  await engine.storage.system.updateTenant('main', { zone });
  await engine.storage.tenant('main');
  const ids = await buildCampus(engine.store, campus, engine.clock.time);
  const run = async () =>
    (await runDueDays(engine.store, { now: () => engine.clock.time })).map(({ day }) => day);
  expect(await run()).toEqual(['2026-03-02']);
  return Object.assign(engine, { ids, run });
}

/** What changed on a date and which access that gave and took, in names. */
async function recordOf(reader: TenantReader, ids: CampusIds, day: string) {
  const nameOf = (entity: keyof CampusIds, id: number) =>
    [...ids[entity]].find(([, known]) => known === id)?.[0] ?? `${entity} ${id}`;
  const page = { page: 1, pageSize: 100 };
  const { items: changes } = await reader.dailyRuns.listChanges(day, page);
  const { items: turns } = await reader.accessTurns.list(day, page);
  const targets = (list: (typeof turns)[0]['gained']) =>
    list
      .map(({ kind, id }) => nameOf(kind === 'wco-checkout-center' ? 'checkout-center' : kind, id))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join(' ');
  return {
    changes: changes.map(({ entity, id, patronId, from, to }) => {
      const name = nameOf(entity === 'member' ? 'section' : entity, id);
      const who = patronId === null ? '' : ` ${nameOf('patron', patronId)}`;
      return `${entity} ${name}${who}: ${from} → ${to}`;
    }),
    access: turns.map(({ patronId, gained, lost, because }) => {
      const links = because.map(({ entity, id, turn }) => {
        return `${turn} of ${entity} ${nameOf(entity === 'member' ? 'section' : entity, id)}`;
      });
      return `${nameOf('patron', patronId)} +[${targets(gained)}] -[${targets(lost)}] by ${links.join(', ')}`;
    }),
  };
}

test('W3 a date is run from its 01:00 local on, once, and says what changed and which access that gave or took', async () => {
  await using engine = await openCampus();
  const { store, ids, clock, run } = engine;
  clock.time = instantOf('2026-03-03T05:59:59Z');
  expect(await run()).toEqual([]);
  clock.time = instantOf('2026-03-03T06:00:00Z');
  expect(await run()).toEqual(['2026-03-03']);
  expect(await run()).toEqual([]);
  expect(await recordOf(store.read, ids, '2026-03-03')).toEqual({
    changes: ['section FILM-1: UPCOMING → ACTIVE', 'member PHOTO-1 cleo: ACTIVE → INACTIVE'],
    access: [
      'ada +[CAMERA Studio] -[] by start of section FILM-1',
      // The camera he had by PHOTO already.
      'ben +[Studio] -[] by start of section FILM-1',
      'cleo +[] -[CAMERA] by end of member PHOTO-1',
    ],
  });
  expect(await store.read.dailyRuns.find('2026-03-03')).toEqual({
    day: '2026-03-03',
    at: clock.time,
    activated: 1,
    inactivated: 1,
    gaining: 2,
    losing: 1,
  });
});

test('W3 dates missed while nobody was there are made up, each once and in order', async () => {
  await using engine = await openCampus();
  const { store, ids, clock, run } = engine;
  clock.time = instantOf('2026-03-11T12:00:00Z');
  expect(await run()).toEqual(
    Array.from({ length: 9 }, (_, index) => `2026-03-${String(index + 3).padStart(2, '0')}`),
  );
  expect((await recordOf(store.read, ids, '2026-03-05')).access).toEqual([
    'ada +[CRANE] -[] by start of authorization-set lights',
    'ben +[CRANE] -[] by start of authorization-set lights',
  ]);
  expect(await recordOf(store.read, ids, '2026-03-10')).toEqual({
    changes: ['group FILM: ACTIVE → INACTIVE'],
    access: [
      'ada +[] -[CAMERA CRANE Studio] by end of group FILM',
      'ben +[] -[CRANE Studio] by end of group FILM',
    ],
  });
  expect(await run()).toEqual([]);
});

test('W3 a clock that went back runs no date twice and undoes nothing', async () => {
  await using engine = await openCampus();
  const { store, clock, run } = engine;
  clock.time = instantOf('2026-03-03T06:00:00Z');
  await run();
  const statuses = await statusesOf(store.read);
  clock.time = instantOf('2026-03-01T12:00:00Z');
  expect(await run()).toEqual([]);
  expect(await settleToday(store, clock.time)).toBe(0);
  clock.time = instantOf('2026-03-03T07:00:00Z');
  expect(await run()).toEqual([]);
  expect(await statusesOf(store.read)).toEqual(statuses);
});

test('W3 a run that is broken off has not happened', async () => {
  await using engine = await openCampus();
  const { store, clock, run } = engine;
  const before = await statusesOf(store.read);
  clock.time = instantOf('2026-03-04T12:00:00Z');
  const broken = runDueDays(store, {
    now: () => clock.time,
    breathe: () => Promise.reject(new Error('the power went')),
  });
  await expect(broken).rejects.toThrow('the power went');
  expect(await statusesOf(store.read)).toEqual(before);
  expect((await store.read.dailyRuns.findLast())?.day).toBe('2026-03-02');
  expect(await run()).toEqual(['2026-03-03', '2026-03-04']);
});

test('W3 of several that run the same dates each is run by one', async () => {
  await using engine = await openCampus();
  const { store, clock, run } = engine;
  clock.time = instantOf('2026-03-08T12:00:00Z');
  const runs = (await Promise.all([run(), run(), run()])).flat();
  expect(runs.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    ['03', '04', '05', '06', '07', '08'].map((day) => `2026-03-${day}`),
  );
  expect((await store.read.dailyRuns.list(1, 50)).total).toBe(7);
});

test('W3 a date is not run once somebody has run a later one', async () => {
  await using engine = await openEngine(instantOf('2026-03-02T17:00:00Z'));
  const { store } = engine;
  await buildCampus(store, campus, engine.clock.time);
  const runAt = (text: string, on: TenantStore) => runDueDays(on, { now: () => instantOf(text) });
  // The first run of a tenant is of one date alone, and here a process whose clock is ahead comes in between.
  const overtaken = overtakenStore(store, async () => {
    expect(await runAt('2026-03-04T12:00:00Z', store)).toMatchObject([{ day: '2026-03-04' }]);
  });
  expect(await runAt('2026-03-03T12:00:00Z', overtaken)).toEqual([]);
  expect((await store.read.dailyRuns.list(1, 9)).items.map(({ day }) => day)).toEqual(['2026-03-04']);
});

test('W3 what is written too late for its date is stored under it at the next look', async () => {
  await using engine = await openCampus();
  const { store, ids, clock, run } = engine;
  clock.time = instantOf('2026-03-03T06:00:00Z');
  await run();
  // Planned before 01:00, applied after the run.
  const sectionId = ids.section.get('PHOTO-1')!;
  const ada = ids.patron.get('ada')!;
  const member = { sectionId, patronId: ada, startDate: '2026-03-03', endDate: null, inactiveSince: null };
  await store.transact((tx) =>
    tx.members.insert([{ ...member, status: 'UPCOMING' }], { createdRun: null, createdAt: clock.time }),
  );
  expect(await run()).toEqual([]);
  expect(await settleToday(store, clock.time)).toBe(1);
  expect(await settleToday(store, clock.time)).toBe(0);
  expect((await store.read.members.find(sectionId, ada))?.status).toBe('ACTIVE');
  expect((await recordOf(store.read, ids, '2026-03-03')).changes).toContain(
    'member PHOTO-1 ada: UPCOMING → ACTIVE',
  );
  expect(await store.read.dailyRuns.find('2026-03-03')).toMatchObject({ activated: 2, inactivated: 1 });
});

test('W3 a zone moved west takes stored statuses back until the date comes there, and runs it no second time', async () => {
  await using engine = await openCampus();
  const { storage, store, ids, clock, run } = engine;
  const before = await statusesOf(store.read);
  clock.time = instantOf('2026-03-03T06:30:00Z');
  await run();
  const after = await statusesOf(store.read);
  await setTenant(storage, 'main', { zone: 'America/Los_Angeles' }, clock.time);
  await storage.tenant('main');
  expect(await statusesOf(store.read)).toEqual(before);
  expect(await rederiveStatuses(store, clock.time)).toBe(0);
  clock.time = instantOf('2026-03-03T09:00:00Z');
  expect(await run()).toEqual([]);
  expect(await settleToday(store, clock.time)).toBe(2);
  expect(await statusesOf(store.read)).toEqual(after);
  expect((await recordOf(store.read, ids, '2026-03-03')).changes).toHaveLength(2);
});

test('W3 a zone moved east runs the date that has come there already', async () => {
  await using engine = await openCampus();
  const { storage, clock, run } = engine;
  await setTenant(storage, 'main', { zone: 'Asia/Tokyo' }, clock.time);
  await storage.tenant('main');
  expect(await run()).toEqual(['2026-03-03']);
});

test('W3 a date that has not come is refused; until one that has, only that far is run', async () => {
  await using engine = await openCampus();
  const { store, clock } = engine;
  const until = (day: string) => runDueDays(store, { now: () => clock.time, until: day });
  await expect(until('2026-03-03')).rejects.toThrow('2026-03-03 has not begun in America/New_York');
  clock.time = instantOf('2026-03-09T12:00:00Z');
  expect((await until('2026-03-04')).map(({ day }) => day)).toEqual(['2026-03-03', '2026-03-04']);
});

/** The store, on which something else happens before each transaction. */
function overtakenStore(store: TenantStore, happens: () => Promise<void>): TenantStore {
  const transact: TenantStore['transact'] = async (work) => {
    await happens();
    return store.transact(work);
  };
  return new Proxy(store, {
    get: (_, name) => (name === 'transact' ? transact : store[name as 'read']),
  });
}

/** The stored status of everything that has one. */
async function statusesOf(reader: TenantReader): Promise<string[]> {
  const statuses: string[] = [];
  for (const entity of termEntities) {
    if (entity === 'member') continue;
    for (const { id, status } of await reader.records[entity].listAfter(0, 1000)) {
      statuses.push(`${entity} ${id} ${status ?? ''}`);
    }
  }
  const sections = (await reader.records.section.listAfter(0, 1000)).map(({ id }) => id);
  for (const members of (await reader.members.mapBySection(sections)).values()) {
    for (const { sectionId, patronId, status } of members)
      statuses.push(`member ${sectionId} ${patronId} ${status}`);
  }
  return statuses;
}
