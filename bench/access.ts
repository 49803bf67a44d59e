import { join } from 'node:path';
import { viewCalendar } from '../src/directory/calendar.ts';
import { runDueDays } from '../src/directory/daily-run.ts';
import { askAccess } from '../src/directory/decide-access.ts';
import { addDays, effectiveDay, startOfDay } from '../src/domain/access/effective-day.ts';
import type { TenantStore } from '../src/ports/tenant-store.ts';
import { engineOf } from '../src/storage/engines.ts';
import { crowd } from './crowd.ts';
import { storeDatedCampus, type DatedCampus } from './dated-campus.ts';
import { randomNumbers } from './generate.ts';
import { latencyOf, type Latency } from './latency.ts';
import { readOptions } from './options.ts';
import { placeFor } from './postgres.ts';
import { machine, runBench, say } from './run.ts';
import { authorization, BenchServer } from './server.ts';
import { formatSpread, spreadOf } from './statistics.ts';
import { requestBytes } from './wire.ts';

/**
 * How long an access question takes through the use case and how many a second the real server answers; how long the daily run
 * of a day with four thousand changes takes, and the calendar of ninety days; over a million memberships of 200,000 patrons with
 * nested sets. Rounds ask the same data; each round runs the next day.
 */
const options = readOptions('bench:access', { patrons: 200_000, minutesMax: 30 });
const questionsPerRound = 5_000;
const warmUps = 1_000;
const clients = 16;
const servedSeconds = 5;
const indexedAtOnce = 2_000;
const zone = 'UTC';

interface Round {
  readonly question: Latency;
  readonly dailyRunMs: number;
  readonly calendarMs: number;
}

await runBench(options, async ({ dir, signal, postgres }) => {
  await using database = await placeFor(postgres);
  const dataDir = join(dir, 'data');
  const now = Date.now();
  let campus: DatedCampus;
  const rounds: Round[] = [];
  {
    const place = { dataDir, databaseUrl: database?.url };
    await using storage = await (await engineOf(place)).open({ clock: { now: () => now } });
    await storage.createTenant({ slug: 'main', name: 'Main', zone }, []);
    const store = await storage.tenant('main');
    say(`Storing ${options.patrons} patrons with their memberships …`);
    campus = await storeDatedCampus(store, options.patrons, options.seed, now);
    await runDueDays(store, { now: () => now });
    // As a server's worker would have by now.
    while ((await store.catchUpSearch(indexedAtOnce)) > 0) signal.throwIfAborted();
    const next = randomNumbers(options.seed);
    await ask(store, campus, next, warmUps, now);
    for (let number = 1; number <= options.rounds; number++) {
      signal.throwIfAborted();
      const round = await measure(store, campus, next, now, number);
      rounds.push(round);
      say(
        `round ${number}: question p99 ${round.question.p99.toFixed(2)} ms, daily run ${round.dailyRunMs.toFixed(0)} ms, calendar ${round.calendarMs.toFixed(0)} ms`,
      );
    }
  }
  const perSecond = await serve(dataDir, database?.url, campus, signal);
  report(campus, rounds, perSecond);
});

async function measure(
  store: TenantStore,
  campus: DatedCampus,
  next: () => number,
  now: number,
  number: number,
): Promise<Round> {
  const question = await ask(store, campus, next, questionsPerRound, now);
  // Before the run, so that the first calendar has the most to tell.
  const day = addDays(effectiveDay(now, zone), number);
  const eve = startOfDay(addDays(day, -1), zone);
  const calendarMs = await timed(async () => {
    const { items } = await store.snapshot((reader) => viewCalendar(reader, { at: eve, zone }, 90));
    if (items.length < 2) throw new Error('The calendar tells of next to nothing.');
  });
  const dailyRunMs = await timed(async () => {
    const [run] = await runDueDays(store, { now: () => startOfDay(day, zone) });
    const changed = (run?.activated ?? 0) + (run?.inactivated ?? 0);
    if (run?.day !== day || changed < campus.turningADay * 0.9) {
      throw new Error(`The daily run of ${day} changed ${changed}.`);
    }
  });
  return { question, dailyRunMs, calendarMs };
}

async function ask(
  store: TenantStore,
  campus: DatedCampus,
  next: () => number,
  count: number,
  at: number,
): Promise<Latency> {
  const taken: number[] = [];
  for (let index = 0; index < count; index++) {
    const patron = `username:u${Math.floor(next() * campus.patrons)}`;
    const resourceType = `T${Math.floor(next() * campus.types)}`;
    const started = performance.now();
    await store.snapshot((reader) => askAccess(reader, patron, { resourceType }, { at, zone }));
    taken.push(performance.now() - started);
  }
  return latencyOf(taken);
}

/** Questions a second that the real server answers. */
async function serve(
  dataDir: string,
  databaseUrl: string | undefined,
  campus: DatedCampus,
  signal: AbortSignal,
): Promise<number> {
  await using server = await BenchServer.start(dataDir, signal, databaseUrl);
  const next = randomNumbers(options.seed);
  const request = () => {
    const patron = Math.floor(next() * campus.patrons);
    const type = Math.floor(next() * campus.types);
    const path = `/api/v1/access?patron=username:u${patron}&resourceType=T${type}`;
    return { kind: 'access', bytes: requestBytes('GET', path, authorization) };
  };
  const untilAfter = (seconds: number) => {
    const end = performance.now() + seconds * 1000;
    return () => signal.aborted || performance.now() > end;
  };
  await crowd([server.port], clients, request, untilAfter(2));
  const { seconds, takenMs } = await crowd([server.port], clients, request, untilAfter(servedSeconds));
  return takenMs.get('access')!.length / seconds;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function report(campus: DatedCampus, rounds: readonly Round[], perSecond: number): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const figures = {
    machine: machine(),
    campus,
    rounds: rounds.length,
    questionMs: { p50: of(({ question }) => question.p50), p99: of(({ question }) => question.p99) },
    questionsPerSecond: perSecond,
    dailyRunMs: of(({ dailyRunMs }) => dailyRunMs),
    calendarMs: of(({ calendarMs }) => calendarMs),
  };
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  console.log(`
${campus.members} memberships of ${campus.patrons} patrons in ${campus.sections} sections; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

access question, p50         ${formatSpread(figures.questionMs.p50, 2, ' ms')}
access question, p99         ${formatSpread(figures.questionMs.p99, 2, ' ms')}
questions over HTTP          ${perSecond.toFixed(0)} a second, ${clients} clients
daily run, ${campus.turningADay} changes      ${formatSpread(figures.dailyRunMs, 0, ' ms')}
calendar of 90 days          ${formatSpread(figures.calendarMs, 0, ' ms')}`);
}
