import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateSchool, type School } from './generate.ts';
import { placeFor } from './postgres.ts';
import { readOptions } from './options.ts';
import { appliedRun, machine, runBench, say, type BenchPlace } from './run.ts';
import { BenchServer } from './server.ts';
import { withStall, type Stall } from './stall.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/** How many new patrons a second `patrons.csv` brings in, from HTTP in to JSON out of the real server. */
interface Round {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly stall: Stall;
}

const options = readOptions('bench:patrons');

await runBench(options, async ({ dir, signal, postgres }) => {
  say(`Generating ${options.patrons} patrons …`);
  const school = await generateSchool(dir, options.patrons, options.seed);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const round = await measure(school, { dir: join(dir, `round-${number}`), signal, postgres });
    rounds.push(round);
    say(`round ${number}: ${round.seconds.toFixed(2)} s`);
  }
  report(school, rounds);
});

async function measure(school: School, { dir, signal, postgres }: BenchPlace): Promise<Round> {
  let round: Round;
  {
    await using database = await placeFor(postgres);
    await using server = await BenchServer.start(dir, signal, database?.url);
    const { result, stall } = await withStall(server, () =>
      server.postCsv('/api/v1/imports?kind=patrons', school.patronsFile),
    );
    const { counts } = appliedRun(result);
    if (counts['created'] !== school.patrons)
      throw new Error(`Only ${counts['created']} patrons were created.`);
    round = { seconds: result.seconds, peakBytes: server.peakBytes(), stall };
  }
  rmSync(dir, { recursive: true, force: true });
  return round;
}

function report(school: School, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const figures = {
    machine: machine(),
    patrons: school.patrons,
    rounds: rounds.length,
    seconds: of(({ seconds }) => seconds),
    patronsPerSecond: of(({ seconds }) => school.patrons / seconds),
    peakMib: of(({ peakBytes }) => peakBytes / 2 ** 20),
    stallMs: {
      longestAnswer: of(({ stall }) => stall.pingMs),
      eventLoop: of(({ stall }) => stall.loopMs),
    },
  };
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  console.log(`
${school.patrons} new patrons; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

patrons.csv               ${formatSpread(figures.seconds, 2, ' s')}
new patrons a second      ${formatSpread(figures.patronsPerSecond, 0)}
peak memory of the server ${formatSpread(figures.peakMib, 0, ' MiB')}
longest /healthz answer   ${formatSpread(figures.stallMs.longestAnswer, 1, ' ms')}
longest event-loop delay  ${formatSpread(figures.stallMs.eventLoop, 1, ' ms')}, measured in the server's process`);
}
