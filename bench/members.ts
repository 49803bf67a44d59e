import { generateCampus, type Campus } from './generate-campus.ts';
import { generateSchool } from './generate.ts';
import { readOptions } from './options.ts';
import { measureRounds, openReference, type Served } from './reference-rounds.ts';
import { reportRounds } from './report-rounds.ts';
import { appliedRun, runBench, say } from './run.ts';
import type { BenchServer, Timed } from './server.ts';
import { withStall } from './stall.ts';

/*
 * How fast a members file goes from HTTP in to JSON out of the real server, as a ratio to the sqlite3 shell's
 * `.import`, or on PostgreSQL to `\copy`, of the same file into a table with the same indexes in the same round. Of
 * `--patrons` each has five memberships on average: 200,000 make a million in 20,000 sections.
 */

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

await runBench(options, async (place) => {
  const reference = await openReference(table, place.postgres);
  say(`Generating ${options.patrons} patrons with their memberships …`);
  const { patronsFile } = await generateSchool(place.dir, options.patrons, options.seed);
  const campus = await generateCampus(place.dir, options.patrons, options.seed);
  const { sections, memberRows, membersBytes } = campus;
  const file = { path: campus.membersFile, rows: memberRows };
  const rounds = await measureRounds(place, options.rounds, reference, file, (server) =>
    load(server, campus, patronsFile),
  );
  reportRounds(options, rounds, {
    reference: reference.name,
    sizes: { sections, memberRows, membersBytes },
    heading: `${memberRows} memberships in ${sections} sections, ${(membersBytes / 1e6).toFixed(1)} MB`,
    changed: 'members',
    peakDuring: 'first load',
  });
});

async function load(server: BenchServer, campus: Campus, patronsFile: string): Promise<Served> {
  const { memberRows, changedRows, sections } = campus;
  for (const [kind, file] of [['patrons', patronsFile] as const, ...campus.before]) {
    appliedRun(await server.postCsv(`/api/v1/imports?kind=${kind}`, file));
  }
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
