import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { crowd, type CrowdResult } from './crowd.ts';
import { generateSchool, type School } from './generate.ts';
import { untilIndexed } from './indexed.ts';
import { latencyOf } from './latency.ts';
import { readOptions } from './options.ts';
import { placeFor } from './postgres.ts';
import { appliedRun, machine, runBench, say, type BenchPlace } from './run.ts';
import { BenchServer } from './server.ts';
import { singlePatrons } from './single-patron.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How long reads and writes of single patrons take while a first load of contacts runs, and while the file of another
 * night does, in which one patron in a hundred has changed, beside the same with nothing else going on. A few clients
 * ask one after the other; four requests in five read.
 */
const options = readOptions('bench:beside', { rounds: 3 });
const clients = 4;
const quietSeconds = 5;
const path = '/api/import/userContacts/replaceDeclaredPatrons';

/** What was asked beside an import. */
interface Beside {
  readonly crowd: CrowdResult;
  readonly importSeconds: number;
  readonly loopMs: number;
}

interface Round {
  readonly quiet: CrowdResult;
  readonly first: Beside;
  readonly nightly: Beside;
}

await runBench(options, async ({ dir, signal, postgres }) => {
  say(`Generating ${options.patrons} patrons …`);
  const school = await generateSchool(dir, options.patrons, options.seed);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    rounds.push(await measure(school, number, { dir: join(dir, `round-${number}`), signal, postgres }));
    const { first, nightly } = rounds.at(-1)!;
    say(
      `round ${number}: imports of ${first.importSeconds.toFixed(1)} and ${nightly.importSeconds.toFixed(1)} s`,
    );
  }
  report(rounds);
});

async function measure(school: School, seed: number, { dir, signal, postgres }: BenchPlace): Promise<Round> {
  let round: Round;
  {
    await using database = await placeFor(postgres);
    await using server = await BenchServer.start(dir, signal, database?.url);
    appliedRun(await server.postCsv('/api/v1/imports?kind=patrons', school.patronsFile));
    await untilIndexed(dir, database?.url, signal);
    const ports = [server.port];
    const next = singlePatrons(school.patrons, seed);
    const end = performance.now() + quietSeconds * 1000;
    const quiet = await crowd(ports, clients, next, () => signal.aborted || performance.now() > end);
    const beside = async (file: string): Promise<Beside> => {
      server.forgetLoopDelay();
      let importing = true;
      const answer = server.postForm(path, file).finally(() => (importing = false));
      const [imported, asked] = await Promise.all([answer, crowd(ports, clients, next, () => !importing)]);
      signal.throwIfAborted();
      const summary = `Contacts for ${school.patrons} patrons updated successfully.`;
      if (!imported.body.includes(summary)) {
        throw new Error(`The server answered ${imported.body.slice(0, 300)}`);
      }
      return { crowd: asked, importSeconds: imported.seconds, loopMs: await server.loopDelayMs() };
    };
    const first = await beside(school.contactsFile);
    round = { quiet, first, nightly: await beside(school.changedFile) };
  }
  rmSync(dir, { recursive: true, force: true });
  return round;
}

function report(rounds: readonly Round[]): void {
  const side = (of: (round: Round) => CrowdResult, kind: 'read' | 'write') => {
    const latencies = rounds.map((round) => latencyOf(of(round).takenMs.get(kind)!));
    return {
      count: latencies.reduce((sum, { count }) => sum + count, 0),
      p50: spreadOf(latencies.map(({ p50 }) => p50)),
      p99: spreadOf(latencies.map(({ p99 }) => p99)),
      max: spreadOf(latencies.map(({ max }) => max)),
    };
  };
  const imports = (name: 'first' | 'nightly') => ({
    seconds: spreadOf(rounds.map((round) => round[name].importSeconds)),
    eventLoopMs: spreadOf(rounds.map((round) => round[name].loopMs)),
  });
  const figures = {
    machine: machine(),
    patrons: options.patrons,
    clients,
    rounds: rounds.length,
    imports: { first: imports('first'), nightly: imports('nightly') },
    ms: {
      'reads, quiet': side(({ quiet }) => quiet, 'read'),
      'reads, first load': side(({ first }) => first.crowd, 'read'),
      'reads, another night': side(({ nightly }) => nightly.crowd, 'read'),
      'writes, quiet': side(({ quiet }) => quiet, 'write'),
      'writes, first load': side(({ first }) => first.crowd, 'write'),
      'writes, another night': side(({ nightly }) => nightly.crowd, 'write'),
    },
  };
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  const lines = Object.entries(figures.ms).map(
    ([name, { count, p50, p99, max }]) =>
      `${name.padEnd(26)}${String(count).padEnd(8)}${formatSpread(p50, 1).padEnd(22)}${formatSpread(p99, 1).padEnd(26)}${formatSpread(max, 0)}`,
  );
  console.log(`
reads and writes of single patrons, ${clients} clients, beside imports of the contacts of ${options.patrons} patrons
${rounds.length} rounds; median (least to greatest) of the rounds, in ms
${cores} cores shared by server, database and clients, ${cpu}, ${memoryGib} GiB, Node ${node}

${''.padEnd(26)}${'count'.padEnd(8)}${'p50'.padEnd(22)}${'p99'.padEnd(26)}greatest
${lines.join('\n')}
${Object.entries(figures.imports)
  .map(
    ([name, { seconds, eventLoopMs }]) =>
      `${name} import ${formatSpread(seconds, 1, ' s')}; longest event-loop delay meanwhile ${formatSpread(eventLoopMs, 1, ' ms')}`,
  )
  .join('\n')}`);
}
