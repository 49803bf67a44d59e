import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { crowd } from './crowd.ts';
import { generatePatrons } from './generate.ts';
import { untilIndexed } from './indexed.ts';
import { latencyOf, type Latency } from './latency.ts';
import { readOptions } from './options.ts';
import { placeFor, postgresVersion } from './postgres.ts';
import { appliedRun, machine, runBench, say } from './run.ts';
import { BenchServer } from './server.ts';
import { singlePatrons } from './single-patron.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How many reads and writes of single patrons a second one process serves, and how many two over the same PostgreSQL,
 * in the same round and with as many clients. Four requests in five read. One process comes first in one round and two
 * in the next. Where servers, database and clients share few processors, one process and the database take all of them;
 * what a second process brings shows where each is held to less (`--processors`), as on machines of their own.
 */
const options = readOptions('bench:processes', {
  patrons: 50_000,
  rounds: 5,
  engine: 'postgres',
  holdsServers: true,
});
const clients = 32;
const seconds = 8;
const warmUpSeconds = 2;

interface Side {
  readonly perSecond: number;
  readonly read: Latency;
  readonly write: Latency;
}

interface Round {
  readonly one: Side;
  readonly two: Side;
}

await runBench(options, async ({ dir, signal, postgres }) => {
  const file = await generatePatrons(dir, options.patrons, options.seed);
  await using database = await placeFor(postgres);
  const dataDirs = [1, 2].map((number) => join(dir, `process-${number}`));
  {
    await using server = await BenchServer.start(dataDirs[0]!, signal, database!.url);
    appliedRun(await server.postCsv('/api/v1/imports?kind=patrons', file));
    await untilIndexed(dataDirs[0]!, database!.url, signal);
  }
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const sides: Partial<Record<1 | 2, Side>> = {};
    for (const count of number % 2 === 1 ? ([1, 2] as const) : ([2, 1] as const)) {
      sides[count] = await measure(dataDirs.slice(0, count), database!.url, number, signal);
    }
    const round = { one: sides[1]!, two: sides[2]! };
    rounds.push(round);
    say(
      `round ${number}: one ${round.one.perSecond.toFixed(0)} a second, two ${round.two.perSecond.toFixed(0)}`,
    );
  }
  report(await postgresVersion(postgres!), rounds);
  rmSync(file);
});

async function measure(
  dataDirs: readonly string[],
  url: string,
  seed: number,
  signal: AbortSignal,
): Promise<Side> {
  await using servers = new AsyncDisposableStack();
  const started: BenchServer[] = [];
  for (const dataDir of dataDirs) {
    started.push(servers.use(await BenchServer.start(dataDir, signal, url)));
  }
  const ports = started.map(({ port }) => port);
  const next = singlePatrons(options.patrons, seed);
  const forSeconds = (long: number) => {
    const end = performance.now() + long * 1000;
    return () => signal.aborted || performance.now() > end;
  };
  await crowd(ports, clients, next, forSeconds(warmUpSeconds));
  // Not before: a process that has just begun does much once.
  if (options.processors !== undefined) for (const one of started) one.holdToProcessors(options.processors);
  const { seconds: taken, takenMs } = await crowd(ports, clients, next, forSeconds(seconds));
  signal.throwIfAborted();
  const [read, write] = [takenMs.get('read')!, takenMs.get('write')!];
  return { perSecond: (read.length + write.length) / taken, read: latencyOf(read), write: latencyOf(write) };
}

function report(version: string, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const side = (name: 'one' | 'two') => ({
    perSecond: of((round) => round[name].perSecond),
    readMs: { p50: of((round) => round[name].read.p50), p99: of((round) => round[name].read.p99) },
    writeMs: { p50: of((round) => round[name].write.p50), p99: of((round) => round[name].write.p99) },
  });
  const figures = {
    machine: machine(),
    postgres: version,
    patrons: options.patrons,
    clients,
    processorsEach: options.processors ?? null,
    rounds: rounds.length,
    one: side('one'),
    two: side('two'),
    ratioOfPairs: of(({ one, two }) => two.perSecond / one.perSecond),
  };
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  const lines = (['one', 'two'] as const).map((name) => {
    const { perSecond, readMs, writeMs } = figures[name];
    return `${name === 'one' ? 'one process  ' : 'two processes'}  ${formatSpread(perSecond, 0, ' a second')}
  reads         p50 ${formatSpread(readMs.p50, 1, ' ms')}, p99 ${formatSpread(readMs.p99, 1, ' ms')}
  writes        p50 ${formatSpread(writeMs.p50, 1, ' ms')}, p99 ${formatSpread(writeMs.p99, 1, ' ms')}`;
  });
  console.log(`
single-patron reads and writes, four to one, ${clients} clients, ${options.patrons} patrons, PostgreSQL ${version}
${rounds.length} rounds of ${seconds} s each; median (least to greatest)
${cores} cores shared by servers, database and clients${
    options.processors === undefined ? '' : `, each server held to ${options.processors} of one`
  }, ${cpu}, ${memoryGib} GiB, Node ${node}

${lines.join('\n')}
ratio in a round ${formatSpread(figures.ratioOfPairs, 2)}`);
}
