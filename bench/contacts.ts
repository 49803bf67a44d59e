import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateSchool, type School } from './generate.ts';
import { readOptions } from './options.ts';
import { copyImport, freshDatabase, placeFor, postgresVersion } from './postgres.ts';
import { needSqliteShell, sqliteImport } from './reference.ts';
import { appliedRun, machine, runBench, say, type BenchPlace } from './run.ts';
import { BenchServer, type Timed } from './server.ts';
import { withStall, type Stall } from './stall.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How fast a contacts file goes from HTTP in to JSON out of the real server, as a ratio to the sqlite3 shell's
 * `.import`, or on PostgreSQL to `\copy`, of the same file in the same round. Fresh data, fresh process and fresh
 * reference database in every round; the reference comes first in one round and last in the next.
 */
interface Round {
  readonly referenceSeconds: number;
  readonly firstSeconds: number;
  readonly againSeconds: number;
  readonly changedSeconds: number;
  readonly peakBytes: number;
  readonly stall: Stall;
}

/** Like our own: found by username. */
const table = {
  name: 'contacts',
  columns: ['username', 'type', 'role', 'primary', 'addressee', 'contact', 'bcc', 'sms', 'scenarios'],
  sqlite: `CREATE TABLE contacts (username TEXT, type TEXT, role TEXT, "primary" TEXT, addressee TEXT, contact TEXT, bcc TEXT, sms TEXT, scenarios TEXT);
CREATE INDEX contacts_username ON contacts (username);`,
  postgres: `create table contacts (username text, type text, role text, "primary" text, addressee text, contact text, bcc text, sms text, scenarios text);
create index contacts_username on contacts (username);`,
} as const;

const path = '/api/import/userContacts/replaceDeclaredPatrons';
const options = readOptions('bench:contacts');

await runBench(options, async ({ dir, signal, postgres }) => {
  const reference = await openReference(postgres);
  say(`Generating ${options.patrons} patrons …`);
  const school = await generateSchool(dir, options.patrons, options.seed);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const place = { dir: join(dir, `round-${number}`), signal, postgres };
    const round = await measure(school, place, reference, number % 2 === 1);
    rounds.push(round);
    say(
      `round ${number}: reference ${round.referenceSeconds.toFixed(2)} s, first ${round.firstSeconds.toFixed(2)} s, again ${round.againSeconds.toFixed(2)} s, 1 % changed ${round.changedSeconds.toFixed(2)} s`,
    );
  }
  report(school, reference.name, rounds);
});

async function measure(
  school: School,
  { dir, signal, postgres }: BenchPlace,
  reference: Reference,
  referenceFirst: boolean,
): Promise<Round> {
  const before = referenceFirst ? await reference.measure(school, dir, signal) : undefined;
  let served: Omit<Round, 'referenceSeconds'>;
  {
    await using database = await placeFor(postgres);
    await using server = await BenchServer.start(dir, signal, database?.url);
    served = await load(server, school);
  }
  const referenceSeconds = before ?? (await reference.measure(school, dir, signal));
  rmSync(dir, { recursive: true, force: true });
  return { referenceSeconds, ...served };
}

/** What imports the same file into one table and checks nothing: of the same engine. */
async function openReference(database: string | undefined): Promise<Reference> {
  if (database === undefined) {
    return {
      name: `sqlite3 ${needSqliteShell()} .import`,
      async measure(school, dir, signal) {
        const file = `${dir}.reference.db`;
        const seconds = await sqliteImport(table, school.contactsFile, file, school.contactRows, signal);
        rmSync(file);
        return seconds;
      },
    };
  }
  return {
    name: `PostgreSQL ${await postgresVersion(database)} \\copy`,
    async measure(school, _dir, signal) {
      await using own = await freshDatabase(database, 'muster_bench_reference');
      return await copyImport(table, own.url, school.contactsFile, school.contactRows, signal);
    },
  };
}

interface Reference {
  readonly name: string;
  measure(school: School, dir: string, signal: AbortSignal): Promise<number>;
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

function report(school: School, reference: string, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const first = of(({ firstSeconds }) => firstSeconds);
  const alone = of(({ referenceSeconds }) => referenceSeconds);
  const figures = {
    machine: machine(),
    reference,
    patrons: school.patrons,
    contactRows: school.contactRows,
    contactsBytes: school.contactsBytes,
    rounds: rounds.length,
    seconds: {
      reference: alone,
      first,
      again: of(({ againSeconds }) => againSeconds),
      changed: of(({ changedSeconds }) => changedSeconds),
    },
    ratioOfMedians: first.median / alone.median,
    ratioOfPairs: of((round) => round.firstSeconds / round.referenceSeconds),
    ratioAgain: of((round) => round.againSeconds / round.referenceSeconds),
    ratioChanged: of((round) => round.changedSeconds / round.referenceSeconds),
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
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

${reference.padEnd(25)} ${formatSpread(alone, 2, ' s')}
first load                ${formatSpread(first, 2, ' s')}
  ratio of the medians    ${figures.ratioOfMedians.toFixed(2)}
  ratio within a round    ${formatSpread(figures.ratioOfPairs, 2)}
the same file again       ${formatSpread(figures.seconds.again, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioAgain, 2)}
1 % of patrons changed    ${formatSpread(figures.seconds.changed, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioChanged, 2)}
peak memory of the server ${formatSpread(figures.peakMib, 0, ' MiB')}, patrons and first load
longest /healthz answer   ${formatSpread(figures.stallMs.longestAnswer, 1, ' ms')}, during the first load
longest event-loop delay  ${formatSpread(figures.stallMs.eventLoop, 1, ' ms')}, measured in the server's process`);
}
