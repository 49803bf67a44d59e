import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateSchool, type School } from './generate.ts';
import { readOptions } from './options.ts';
import { needSqliteShell, sqliteImport } from './reference.ts';
import { appliedRun, machine, runBench, say } from './run.ts';
import { BenchServer, type Timed } from './server.ts';
import { withStall, type Stall } from './stall.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How fast a contacts file goes from HTTP in to JSON out of the real server, as a ratio to the sqlite3 shell's
 * `.import` of the same file in the same round. Fresh data directory, fresh process and fresh reference database
 * in every round; the reference comes first in one round and last in the next.
 */
interface Round {
  readonly referenceSeconds: number;
  readonly firstSeconds: number;
  readonly againSeconds: number;
  readonly changedSeconds: number;
  readonly peakBytes: number;
  readonly stall: Stall;
}

const path = '/api/import/userContacts/replaceDeclaredPatrons';
const options = readOptions('bench:contacts');
const sqliteVersion = needSqliteShell();

await runBench(options, async (dir, signal) => {
  say(`Generating ${options.patrons} patrons …`);
  const school = await generateSchool(dir, options.patrons, options.seed);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const round = await measure(school, join(dir, `round-${number}`), number % 2 === 1, signal);
    rounds.push(round);
    say(
      `round ${number}: sqlite3 ${round.referenceSeconds.toFixed(2)} s, first ${round.firstSeconds.toFixed(2)} s, again ${round.againSeconds.toFixed(2)} s, 1 % changed ${round.changedSeconds.toFixed(2)} s`,
    );
  }
  report(school, rounds);
});

async function measure(
  school: School,
  dir: string,
  referenceFirst: boolean,
  signal: AbortSignal,
): Promise<Round> {
  const reference = () =>
    sqliteImport(school.contactsFile, `${dir}.reference.db`, school.contactRows, signal);
  const before = referenceFirst ? await reference() : undefined;
  let served: Omit<Round, 'referenceSeconds'>;
  {
    await using server = await BenchServer.start(dir, signal);
    served = await load(server, school);
  }
  const referenceSeconds = before ?? (await reference());
  rmSync(dir, { recursive: true, force: true });
  rmSync(`${dir}.reference.db`);
  return { referenceSeconds, ...served };
}

async function load(server: BenchServer, school: School): Promise<Omit<Round, 'referenceSeconds'>> {
  appliedRun(await server.postCsv('/api/v1/imports?kind=patrons', school.patronsFile));
  const whole = server.peakBytes();
  server.forgetPeak();
  const first = await withStall(server, () => server.postForm(path, school.contactsFile));
  const peakBytes = Math.max(whole, server.peakBytes());
  const again = await server.postForm(path, school.contactsFile);
  const changed = await server.postForm(path, school.changedFile);
  for (const answer of [first.result, again, changed]) check(answer, school);
  return {
    firstSeconds: first.result.seconds,
    againSeconds: again.seconds,
    changedSeconds: changed.seconds,
    peakBytes,
    stall: first.stall,
  };
}

/** A fast answer counts only when it is the right one. */
function check({ status, body }: Timed, school: School): void {
  const { success, summary } = JSON.parse(body) as { success: boolean; summary: string };
  const right = `Contacts for ${school.patrons} patrons updated successfully.`;
  if (status === 200 && success && summary === right) return;
  throw new Error(`The server answered ${status}: ${body.slice(0, 500)}`);
}

function report(school: School, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const first = of(({ firstSeconds }) => firstSeconds);
  const reference = of(({ referenceSeconds }) => referenceSeconds);
  const figures = {
    machine: machine(),
    sqlite3: sqliteVersion,
    patrons: school.patrons,
    contactRows: school.contactRows,
    contactsBytes: school.contactsBytes,
    rounds: rounds.length,
    seconds: {
      reference,
      first,
      again: of(({ againSeconds }) => againSeconds),
      changed: of(({ changedSeconds }) => changedSeconds),
    },
    ratioOfMedians: first.median / reference.median,
    ratioOfPairs: of((round) => round.firstSeconds / round.referenceSeconds),
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
${school.contactRows} contact rows of ${school.patrons} patrons, ${(school.contactsBytes / 1e6).toFixed(1)} MB; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}, sqlite3 ${sqliteVersion}

sqlite3 .import           ${formatSpread(reference, 2, ' s')}
first load                ${formatSpread(first, 2, ' s')}
  ratio of the medians    ${figures.ratioOfMedians.toFixed(2)}
  ratio within a round    ${formatSpread(figures.ratioOfPairs, 2)}
the same file again       ${formatSpread(figures.seconds.again, 2, ' s')}
1 % of patrons changed    ${formatSpread(figures.seconds.changed, 2, ' s')}
peak memory of the server ${formatSpread(figures.peakMib, 0, ' MiB')}, patrons and first load
longest /healthz answer   ${formatSpread(figures.stallMs.longestAnswer, 1, ' ms')}, during the first load
longest event-loop delay  ${formatSpread(figures.stallMs.eventLoop, 1, ' ms')}, measured in the server's process`);
}
