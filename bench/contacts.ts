import { generateSchool, type School } from './generate.ts';
import { readOptions } from './options.ts';
import { measureRounds, openReference, type Served } from './reference-rounds.ts';
import { reportRounds } from './report-rounds.ts';
import { appliedRun, runBench, say } from './run.ts';
import type { BenchServer, Timed } from './server.ts';
import { withStall } from './stall.ts';

/*
 * How fast a contacts file goes from HTTP in to JSON out of the real server, as a ratio to the sqlite3 shell's
 * `.import`, or on PostgreSQL to `\copy`, of the same file in the same round.
 */

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

await runBench(options, async (place) => {
  const reference = await openReference(table, place.postgres);
  say(`Generating ${options.patrons} patrons …`);
  const school = await generateSchool(place.dir, options.patrons, options.seed);
  const { patrons, contactRows, contactsBytes } = school;
  const file = { path: school.contactsFile, rows: contactRows };
  const rounds = await measureRounds(place, options.rounds, reference, file, (server) =>
    load(server, school),
  );
  reportRounds(options, rounds, {
    reference: reference.name,
    sizes: { patrons, contactRows, contactsBytes },
    heading: `${contactRows} contact rows of ${patrons} patrons, ${(contactsBytes / 1e6).toFixed(1)} MB`,
    changed: 'patrons',
    peakDuring: 'patrons and first load',
  });
});

async function load(server: BenchServer, school: School): Promise<Served> {
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
