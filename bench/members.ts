import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateCampus, type Campus } from './generate-campus.ts';
import { generateSchool } from './generate.ts';
import { readOptions } from './options.ts';
import { copyImport, freshDatabase, placeFor, postgresVersion } from './postgres.ts';
import { needSqliteShell, sqliteImport } from './reference.ts';
import { appliedRun, machine, runBench, say, type BenchPlace } from './run.ts';
import { BenchServer, type Timed } from './server.ts';
import { withStall, type Stall } from './stall.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How fast a members file goes from HTTP in to JSON out of the real server, as a ratio to the sqlite3 shell's
 * `.import`, or on PostgreSQL to `\copy`, of the same file into a table with the same indexes in the same round. Fresh
 * data, fresh process and fresh reference database in every round; the reference comes first in one round and last in
 * the next. Of `--patrons` each has five memberships on average: 200,000 make a million in 20,000 sections.
 */
interface Round {
  readonly referenceSeconds: number;
  readonly firstSeconds: number;
  readonly againSeconds: number;
  readonly changedSeconds: number;
  readonly peakBytes: number;
  readonly stall: Stall;
}

/** What our own table has: a key of section and member, and indexes by member and by dates. */
const table = {
  name: 'members',
  columns: ['section', 'member', 'start_date', 'end_date'],
  sqlite: `CREATE TABLE members (section TEXT, member TEXT, start_date TEXT, end_date TEXT, PRIMARY KEY (section, member)) WITHOUT ROWID;
CREATE INDEX members_member ON members (member, section);
CREATE INDEX members_ends ON members (end_date, section, member) WHERE end_date <> '';`,
  postgres: `create table members (section text, member text, start_date text, end_date text, primary key (section, member));
create index members_member on members (member, section);
create index members_ends on members (end_date, section, member) where end_date <> '';`,
} as const;

const path = '/api/v1/imports?kind=section-members';
const options = readOptions('bench:members');

await runBench(options, async ({ dir, signal, postgres }) => {
  const reference = await openReference(postgres);
  say(`Generating ${options.patrons} patrons with their memberships …`);
  const { patronsFile } = await generateSchool(dir, options.patrons, options.seed);
  const campus = await generateCampus(dir, options.patrons, options.seed);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const place = { dir: join(dir, `round-${number}`), signal, postgres };
    const round = await measure(campus, patronsFile, place, reference, number % 2 === 1);
    rounds.push(round);
    say(
      `round ${number}: reference ${round.referenceSeconds.toFixed(2)} s, first ${round.firstSeconds.toFixed(2)} s, again ${round.againSeconds.toFixed(2)} s, 1 % changed ${round.changedSeconds.toFixed(2)} s`,
    );
  }
  report(campus, reference.name, rounds);
});

async function measure(
  campus: Campus,
  patronsFile: string,
  { dir, signal, postgres }: BenchPlace,
  reference: Reference,
  referenceFirst: boolean,
): Promise<Round> {
  const before = referenceFirst ? await reference.seconds(campus, dir, signal) : undefined;
  let served: Omit<Round, 'referenceSeconds'>;
  {
    await using database = await placeFor(postgres);
    await using server = await BenchServer.start(dir, signal, database?.url);
    for (const [kind, file] of [['patrons', patronsFile] as const, ...campus.before]) {
      appliedRun(await server.postCsv(`/api/v1/imports?kind=${kind}`, file));
    }
    served = await load(server, campus);
  }
  const referenceSeconds = before ?? (await reference.seconds(campus, dir, signal));
  rmSync(dir, { recursive: true, force: true });
  return { referenceSeconds, ...served };
}

interface Reference {
  readonly name: string;
  seconds(campus: Campus, dir: string, signal: AbortSignal): Promise<number>;
}

/** What imports the same file into one table and checks nothing: of the same engine. */
async function openReference(database: string | undefined): Promise<Reference> {
  if (database === undefined) {
    return {
      name: `sqlite3 ${needSqliteShell()} .import`,
      async seconds({ membersFile, memberRows }, dir, signal) {
        const place = `${dir}.reference.db`;
        const seconds = await sqliteImport(table, membersFile, place, memberRows, signal);
        rmSync(place);
        return seconds;
      },
    };
  }
  return {
    name: `PostgreSQL ${await postgresVersion(database)} \\copy`,
    async seconds({ membersFile, memberRows }, _dir, signal) {
      await using own = await freshDatabase(database, 'muster_bench_reference');
      return await copyImport(table, own.url, membersFile, memberRows, signal);
    },
  };
}

async function load(server: BenchServer, campus: Campus): Promise<Omit<Round, 'referenceSeconds'>> {
  const { memberRows, changedRows, sections } = campus;
  server.forgetPeak();
  const first = await withStall(server, () => server.postCsv(path, campus.membersFile));
  const peakBytes = server.peakBytes();
  const again = await server.postCsv(path, campus.membersFile);
  const changed = await server.postCsv(path, campus.changedFile);
  check(first.result, { created: memberRows, updated: 0, unchanged: 0, inactivated: 0 });
  check(again, { created: 0, updated: 0, unchanged: memberRows, inactivated: 0 });
  const moved = Math.ceil(sections / 100);
  check(changed, {
    created: moved,
    updated: changedRows - moved,
    unchanged: memberRows - changedRows,
    inactivated: moved,
  });
  return {
    firstSeconds: first.result.seconds,
    againSeconds: again.seconds,
    changedSeconds: changed.seconds,
    peakBytes,
    stall: first.stall,
  };
}

/** A fast answer counts only when it is the right one. */
function check(answer: Timed, right: Readonly<Record<string, number>>): void {
  const { counts } = appliedRun(answer);
  for (const [name, count] of Object.entries(right)) {
    if (counts[name] !== count) {
      throw new Error(`The run says ${name} ${counts[name]}, not ${count}: ${answer.body.slice(0, 500)}`);
    }
  }
}

function report(campus: Campus, reference: string, rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number) => spreadOf(rounds.map(pick));
  const first = of(({ firstSeconds }) => firstSeconds);
  const alone = of(({ referenceSeconds }) => referenceSeconds);
  const figures = {
    machine: machine(),
    reference,
    sections: campus.sections,
    memberRows: campus.memberRows,
    membersBytes: campus.membersBytes,
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
${campus.memberRows} memberships in ${campus.sections} sections, ${(campus.membersBytes / 1e6).toFixed(1)} MB; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}

${reference.padEnd(25)} ${formatSpread(alone, 2, ' s')}
first load                ${formatSpread(first, 2, ' s')}
  ratio of the medians    ${figures.ratioOfMedians.toFixed(2)}
  ratio within a round    ${formatSpread(figures.ratioOfPairs, 2)}
the same file again       ${formatSpread(figures.seconds.again, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioAgain, 2)}
1 % of members changed    ${formatSpread(figures.seconds.changed, 2, ' s')}
  ratio within a round    ${formatSpread(figures.ratioChanged, 2)}
peak memory of the server ${formatSpread(figures.peakMib, 0, ' MiB')}, first load
longest /healthz answer   ${formatSpread(figures.stallMs.longestAnswer, 1, ' ms')}, during the first load
longest event-loop delay  ${formatSpread(figures.stallMs.eventLoop, 1, ' ms')}, measured in the server's process`);
}
