import { generatePatrons, randomNumbers } from './generate.ts';
import { untilIndexed } from './indexed.ts';
import { latencyOf, type Latency } from './latency.ts';
import { readOptions } from './options.ts';
import { placeFor } from './postgres.ts';
import { appliedRun, machine, runBench, say } from './run.ts';
import { searchKinds } from './search-words.ts';
import { authorization, BenchServer } from './server.ts';
import { formatSpread, spreadOf } from './statistics.ts';
import { Line, requestBytes } from './wire.ts';
import { join } from 'node:path';

/**
 * How long one page of the search takes, over a million patrons: one searcher, one question after the other, of every
 * kind equally many, over HTTP to the real server. All rounds ask the same server; the first questions warm it.
 */
const options = readOptions('bench:search', { patrons: 1_000_000, minutesMax: 60 });
const searchesPerRound = 600;
const warmUps = 120;
const kinds = Object.keys(searchKinds);

/** Of each kind, and of all together. */
type Round = ReadonlyMap<string, Latency>;
const all = 'all of these';

await runBench(options, async ({ dir, signal, postgres }) => {
  say(`Generating ${options.patrons} patrons …`);
  const file = await generatePatrons(dir, options.patrons, options.seed);
  await using database = await placeFor(postgres);
  const dataDir = join(dir, 'data');
  await using server = await BenchServer.start(dataDir, signal, database?.url);
  say('Importing them …');
  appliedRun(await server.postCsv('/api/v1/imports?kind=patrons', file));
  say('Waiting for the search index …');
  await untilIndexed(dataDir, database?.url, signal);
  using line = await Line.open(server.port);
  const next = randomNumbers(options.seed);
  await searchMany(line, next, warmUps, signal);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const round = await searchMany(line, next, searchesPerRound, signal);
    rounds.push(round);
    say(`round ${number}: p99 ${round.get(all)!.p99.toFixed(1)} ms`);
  }
  report(rounds);
});

async function searchMany(
  line: Line,
  next: () => number,
  count: number,
  signal: AbortSignal,
): Promise<Round> {
  const taken = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  for (let index = 0; index < count; index++) {
    signal.throwIfAborted();
    const kind = kinds[index % kinds.length]!;
    const request = requestBytes('GET', `/api/v1/patrons?q=${wordsOf(kind, next)}`, authorization);
    const started = performance.now();
    const { status, body } = await line.ask(request);
    taken.get(kind)!.push(performance.now() - started);
    // A quick answer counts only when it is one.
    if (status !== 200) throw new Error(`The server answered ${status}: ${body.slice(0, 300)}`);
  }
  const latencies = [...taken].map(([kind, values]) => [kind, latencyOf(values)] as const);
  return new Map([...latencies, [all, latencyOf([...taken.values()].flat())]]);
}

/** One of the questions of a kind, ready for a query. */
function wordsOf(kind: string, next: () => number): string {
  const words = searchKinds[kind]!;
  const text = words[Math.floor(next() * words.length)]!;
  const [q = '', ...more] = text
    .replace('{n}', () => String(Math.floor(next() * options.patrons)))
    .replace('{n8}', () => String(Math.floor(next() * options.patrons)).padStart(8, '0'))
    .split('&');
  return [encodeURIComponent(q), ...more].join('&');
}

function report(rounds: readonly Round[]): void {
  const figures = Object.fromEntries(
    [...kinds, all].map((kind) => [
      kind,
      {
        p50: spreadOf(rounds.map((round) => round.get(kind)!.p50)),
        p99: spreadOf(rounds.map((round) => round.get(kind)!.p99)),
        max: Math.max(...rounds.map((round) => round.get(kind)!.max)),
      },
    ]),
  );
  const patrons = options.patrons;
  if (options.json) {
    console.log(JSON.stringify({ machine: machine(), patrons, rounds: rounds.length, ms: figures }, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = machine();
  const lines = Object.entries(figures).map(
    ([kind, { p50, p99, max }]) =>
      `${kind.padEnd(36)}${formatSpread(p50, 1).padEnd(24)}${formatSpread(p99, 1).padEnd(24)}${max.toFixed(1)}`,
  );
  console.log(`
one page of a search over ${patrons} patrons, ms; ${rounds.length} rounds of ${searchesPerRound}; median (least to greatest) of the rounds
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

${'searched for'.padEnd(36)}${'p50'.padEnd(24)}${'p99'.padEnd(24)}greatest
${lines.join('\n')}`);
}
