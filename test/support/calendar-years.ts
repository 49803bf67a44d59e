import { isDeepStrictEqual } from 'node:util';
import { getTarget } from '../../src/directory/access-targets.ts';
import { viewCalendar } from '../../src/directory/calendar.ts';
import { answerAccess } from '../../src/directory/decide-access.ts';
import { setTenant } from '../../src/directory/tenants.ts';
import { addDays, effectiveDay } from '../../src/domain/access/effective-day.ts';
import { statusOn } from '../../src/domain/access/status.ts';
import type { Term, TermStatus } from '../../src/domain/access/term.ts';
import { DailyRunJob } from '../../src/jobs/daily-run.ts';
import { termEntities } from '../../src/ports/daily-runs.ts';
import type { TenantReader, TenantStore } from '../../src/ports/tenant-store.ts';
import { buildCampus, type CampusIds, type CampusPlan } from './campus.ts';
import { openEngine, type TestEngine } from './engine.ts';
import { OtherClock } from './other-clock.ts';
import { randomFrom } from './random.ts';

/** What a simulation is about. */
export interface CalendarYears {
  /** Zones the tenant is moved through, beginning with the first. */
  readonly zones: readonly string[];
  readonly from: string;
  readonly days: number;
  readonly seed: number;
}

/** What was looked at, so that nobody takes an idle simulation for a good one. */
export interface CalendarOutcome {
  looks: number;
  statuses: number;
  answers: number;
  dates: number;
  moves: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const people = ['ada', 'ben', 'cleo', 'dan', 'eve', 'flo'];

const campus: CampusPlan = {
  patrons: people,
  types: { CAMERA: true, CRANE: true, DRONE: true },
  centers: { Studio: [true, true] },
  sets: {
    deep: { types: ['DRONE'] },
    lights: { types: ['CRANE'], wcoCenters: ['Studio'], sets: ['deep'] },
    film: { types: ['CAMERA'], centers: ['Studio'], sets: ['lights'] },
    photo: { types: ['CAMERA'], sets: ['deep'] },
  },
  groups: { FILM: { set: 'film' }, PHOTO: { set: 'photo' }, LIGHT: { set: 'lights' } },
  sections: { F1: { group: 'FILM' }, F2: { group: 'FILM' }, P1: { group: 'PHOTO' }, L1: { group: 'LIGHT' } },
  members: people.flatMap((username, index) => [
    [['F1', 'F2', 'P1', 'L1'][index % 4]!, username] as const,
    [['P1', 'L1', 'F1', 'F2'][index % 4]!, username] as const,
  ]),
};

/** Something with a term, as the oracle remembers what was written of it. */
type Written = Map<string, Term>;

/**
 * Days of a tenant under a clock that is turned by hand: deliveries that write dates and flags, servers that are restarted or
 * not there at 01:00, clocks that go back, zones that change. After every look of the daily run each stored status, and at
 * any instant each answer about access, is compared with an oracle that knows W1 and W2 and nothing of Muster's code.
 * Throws at the first difference.
 */
export async function calendarYears(plan: CalendarYears): Promise<CalendarOutcome> {
  const random = randomFrom(plan.seed);
  await using engine = await openEngine(Date.parse(`${plan.from}T12:00:00Z`));
  const simulation = new Simulation(engine, plan, random);
  await simulation.begin();
  const end = engine.clock.time + plan.days * dayMs;
  while (engine.clock.time < end) await simulation.step();
  return simulation.outcome;
}

class Simulation {
  readonly outcome: CalendarOutcome = { looks: 0, statuses: 0, answers: 0, dates: 0, moves: 0 };
  readonly #engine: TestEngine;
  readonly #plan: CalendarYears;
  readonly #random: () => number;
  readonly #written: Written = new Map();
  #ids!: CampusIds;
  #store!: TenantStore;
  #zone: string;
  #job: DailyRunJob;
  /** The latest instant there was: before it, a clock that went back has undone nothing. */
  #latest = 0;
  /** Whether the clock went back and nobody has looked since. */
  #wentBack = false;

  constructor(engine: TestEngine, plan: CalendarYears, random: () => number) {
    this.#engine = engine;
    this.#plan = plan;
    this.#random = random;
    this.#zone = plan.zones[0]!;
    this.#job = this.#newJob();
  }

  async begin(): Promise<void> {
    await this.#engine.storage.system.updateTenant('main', { zone: this.#zone });
    this.#store = await this.#engine.storage.tenant('main');
    this.#ids = await buildCampus(this.#store, campus, this.#engine.clock.time, this.#zone);
    for (const key of await keysOf(this.#store.read)) {
      this.#written.set(key, { startDate: null, endDate: null, inactiveSince: null });
    }
    await this.#look();
  }

  /** Time goes on, something happens, and most of the time somebody is there to look. */
  async step(): Promise<void> {
    const { clock } = this.#engine;
    const moment = this.#nextMoment();
    if (moment < clock.time) this.#wentBack = true;
    clock.time = moment;
    this.#latest = Math.max(this.#latest, clock.time);
    const chance = this.#random();
    if (chance < 0.45) await this.#deliver();
    else if (chance < 0.5) await this.#moveZone();
    else if (chance < 0.6) this.#job = this.#newJob();
    if (this.#random() < 0.8) await this.#look();
    await this.#askAbout(clock.time);
    await this.#askAbout(clock.time + Math.floor((this.#random() - 0.3) * 30 * dayMs));
    if (this.#random() < 0.1) await this.#compareCalendar();
  }

  /** Some hours on; often around a day's 01:00 to the minute; now and then days, or back. */
  #nextMoment(): number {
    const { time } = this.#engine.clock;
    const chance = this.#random();
    if (chance < 0.04) return time - Math.floor(this.#random() * 20 * hourMs);
    if (chance < 0.1) return time + Math.floor((1 + this.#random() * 9) * dayMs);
    if (chance < 0.5) return time + Math.floor(this.#random() * 14 * hourMs);
    const next = addDays(effectiveDay(time, this.#zone), 1);
    const minutes = [-1, 0, 1][Math.floor(this.#random() * 3)]!;
    return Math.max(time, startOf(next, this.#zone) + minutes * 60_000);
  }

  #newJob(): DailyRunJob {
    const { storage, clock } = this.#engine;
    return new DailyRunJob({
      storage,
      clock,
      onRun: () => (this.outcome.dates += 1),
      onSettled: () => {},
      onTrouble: (error) => {
        throw error;
      },
    });
  }

  async #look(): Promise<void> {
    const { clock } = this.#engine;
    // A job that has seen the date does not look again for minutes, though the clock went back meanwhile and what was
    // written then is due already; a restarted one does.
    if (this.#random() < 0.5 || clock.time < this.#latest || this.#wentBack) this.#job = this.#newJob();
    this.#wentBack = false;
    await this.#job.look();
    this.outcome.looks += 1;
    if (clock.time < this.#latest) return;
    const stored = await storedStatuses(this.#store.read);
    for (const [key, status] of stored) {
      const right = statusAt(this.#written.get(key)!, clock.time, this.#zone);
      if (status !== right) this.#fail(`${key} is stored ${status}, and is ${right}`);
      this.outcome.statuses += 1;
    }
  }

  /** Gives some things other dates and flags, stored as an import does: with the status of the moment. */
  async #deliver(): Promise<void> {
    const at = this.#engine.clock.time;
    const day = effectiveDay(at, this.#zone);
    const keys = [...this.#written.keys()].filter(() => this.#random() < 0.25);
    await this.#store.transact(async (tx) => {
      for (const key of keys) {
        const term = this.#anyTerm(at, day);
        const record = { ...term, status: statusOn(term, day, at) };
        const [entity, id, patronId] = key.split(' ') as [string, string, string | undefined];
        if (entity === 'member') {
          const member = await tx.members.find(Number(id), Number(patronId));
          await tx.members.update([{ ...member!, ...record }], at);
        } else {
          const records = tx.records[entity as 'section'];
          await records.update([{ ...(await records.findById(Number(id)))!, ...record }], at);
        }
        this.#written.set(key, term);
      }
    });
  }

  #anyTerm(at: number, day: string): Term {
    const date = (share: number) =>
      this.#random() < share ? addDays(day, Math.floor(this.#random() * 24) - 8) : null;
    const flagged = this.#random() < 0.1;
    return { startDate: date(0.5), endDate: date(0.5), inactiveSince: flagged ? at : null };
  }

  async #moveZone(): Promise<void> {
    const { zones } = this.#plan;
    const zone = zones[Math.floor(this.#random() * zones.length)]!;
    if (zone === this.#zone) return;
    await setTenant(this.#engine.storage, 'main', { zone }, this.#engine.clock.time);
    await this.#engine.storage.tenant('main');
    this.#zone = zone;
    this.outcome.moves += 1;
    this.#job = this.#newJob();
  }

  async #askAbout(at: number): Promise<void> {
    const username = people[Math.floor(this.#random() * people.length)]!;
    const type = ['CAMERA', 'CRANE', 'DRONE'][Math.floor(this.#random() * 3)]!;
    const { read } = this.#store;
    const patron = (await read.patrons.findByKey('username', username))!;
    const target = await getTarget(read, { resourceType: type });
    const { granted } = await answerAccess(read, patron, target, { at, zone: this.#zone });
    const right = this.#mayHave(username, `type ${type}`, (term) => statusAt(term, at, this.#zone));
    if (granted !== right)
      this.#fail(`${username} may have ${type} at ${at}: ${granted}, and it is ${right}`);
    this.outcome.answers += 1;
  }

  /** The numbers of the next days, where the daily run is not behind. */
  async #compareCalendar(): Promise<void> {
    const at = this.#engine.clock.time;
    const zone = this.#zone;
    const today = otherDay(at, zone);
    if (at < this.#latest || (await this.#store.read.dailyRuns.findLast())?.day !== today) return;
    const { items } = await viewCalendar(this.#store.read, { at, zone }, 12);
    const ofMany = await viewCalendar(everybodyConcerned(this.#store.read), { at, zone }, 12);
    if (!isDeepStrictEqual(ofMany.items, items)) {
      this.#fail(
        `of very many the calendar says ${JSON.stringify(ofMany.items)}, of few ${JSON.stringify(items)}`,
      );
    }
    const found = items.map(({ date, gaining, losing }) => ({ date, gaining, losing }));
    const right: typeof found = [];
    for (let ahead = 1; ahead <= 12; ahead += 1) {
      const date = addDays(today, ahead);
      const onDay = (day: string) => (term: Term) => statusOnOther(term, day, at);
      const counts = { date, gaining: 0, losing: 0 };
      for (const username of people) {
        const had = this.#everything(username, onDay(addDays(date, -1)));
        const has = this.#everything(username, onDay(date));
        if ([...has].some((target) => !had.has(target))) counts.gaining += 1;
        if ([...had].some((target) => !has.has(target))) counts.losing += 1;
      }
      if (counts.gaining + counts.losing > 0) right.push(counts);
    }
    if (!isDeepStrictEqual(found, right)) {
      this.#fail(`the calendar says ${JSON.stringify(found)}, and it is ${JSON.stringify(right)}`);
    }
  }

  #mayHave(username: string, target: string, statusOf: (term: Term) => TermStatus): boolean {
    return this.#everything(username, statusOf).has(target);
  }

  /** W2 and W16 in the plainest words: everything below every active chain. */
  #everything(username: string, statusOf: (term: Term) => TermStatus): Set<string> {
    const granted = new Set<string>();
    const isActive = (key: string) => statusOf(this.#written.get(key)!) === 'ACTIVE';
    const idOf = (entity: keyof CampusIds, name: string) => this.#ids[entity].get(name)!;
    const open = (set: string) => {
      if (!isActive(`authorization-set ${idOf('authorization-set', set)}`)) return;
      const { types = [], centers = [], wcoCenters = [], sets = [] } = campus.sets![set]!;
      for (const type of types) granted.add(`type ${type}`);
      for (const center of centers) granted.add(`center ${center}`);
      for (const center of wcoCenters) granted.add(`wco ${center}`);
      for (const nested of sets) open(nested);
    };
    for (const [section, member] of campus.members!) {
      if (member !== username) continue;
      const { group } = campus.sections![section]!;
      const links = [
        `member ${idOf('section', section)} ${idOf('patron', username)}`,
        `section ${idOf('section', section)}`,
        `group ${idOf('group', group)}`,
      ];
      if (links.every(isActive)) open(campus.groups![group]!.set!);
    }
    return granted;
  }

  #fail(what: string): never {
    const at = new Date(this.#engine.clock.time).toISOString();
    throw new Error(`seed ${this.#plan.seed}, ${at} in ${this.#zone}: ${what}`);
  }
}

/** Finds so many patrons concerned that they are not looked up: everybody's memberships are read in their order. */
function everybodyConcerned(reader: TenantReader): TenantReader {
  const veryMany = Array.from({ length: 100_000 }, (_, id) => id);
  const accessFrame = new Proxy(reader.accessFrame, {
    get: (frame, name) =>
      name === 'listPatronsTurning'
        ? () => Promise.resolve(veryMany)
        : frame[name as keyof typeof frame].bind(frame),
  });
  return { ...reader, accessFrame };
}

const clocks = new Map<string, OtherClock>();

function clockOf(zone: string, year: number): OtherClock {
  const key = `${zone} ${year}`;
  const clock = clocks.get(key) ?? new OtherClock(zone, year);
  clocks.set(key, clock);
  return clock;
}

function startOf(day: string, zone: string): number {
  return clockOf(zone, Number(day.slice(0, 4))).startOfDay(day);
}

function otherDay(at: number, zone: string): string {
  return clockOf(zone, new Date(at).getUTCFullYear()).effectiveDay(at);
}

/** W1 and W2 by instants: since the 01:00 of its start, until the 01:00 of its end. */
function statusAt({ startDate, endDate, inactiveSince }: Term, at: number, zone: string): TermStatus {
  if (inactiveSince !== null && at >= inactiveSince) return 'INACTIVE';
  const start = startDate === null ? -Infinity : startOf(startDate, zone);
  const end = endDate === null ? Infinity : startOf(endDate, zone);
  if (end <= start || at >= end) return 'INACTIVE';
  return at < start ? 'UPCOMING' : 'ACTIVE';
}

/** The same for a whole day, flags as they stand at an instant. */
function statusOnOther(term: Term, day: string, at: number): TermStatus {
  const moment = Date.parse(`${day}T12:00:00Z`);
  const flagged = term.inactiveSince !== null && at >= term.inactiveSince;
  return flagged ? 'INACTIVE' : statusAt({ ...term, inactiveSince: null }, moment, 'UTC');
}

async function keysOf(reader: TenantReader): Promise<string[]> {
  return [...(await storedStatuses(reader)).keys()];
}

async function storedStatuses(reader: TenantReader): Promise<Map<string, TermStatus>> {
  const statuses = new Map<string, TermStatus>();
  for (const entity of termEntities) {
    if (entity === 'member') continue;
    for (const { id, status } of await reader.records[entity].listAfter(0, 1000)) {
      statuses.set(`${entity} ${id}`, status!);
    }
  }
  const sectionIds = (await reader.records.section.listAfter(0, 1000)).map(({ id }) => id);
  for (const members of (await reader.members.mapBySection(sectionIds)).values()) {
    for (const { sectionId, patronId, status } of members)
      statuses.set(`member ${sectionId} ${patronId}`, status);
  }
  return statuses;
}
