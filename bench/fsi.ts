import { join } from 'node:path';
import { FsiClient, type Call, type Calls } from './fsi-client.ts';
import {
  barcodeOf,
  emailOf,
  externalIdOf,
  generateContacts,
  generateDirectory,
  generatePeople,
  type Someone,
} from './generate.ts';
import { untilIndexed } from './indexed.ts';
import { readOptions } from './options.ts';
import { placeFor } from './postgres.ts';
import { appliedRun, machine, runBench, say } from './run.ts';
import { authorization, BenchServer } from './server.ts';
import { formatSpread, spreadOf } from './statistics.ts';

/**
 * How fast FSI's API answers over sixteen connections: looking one patron up by each key, searching, setting, and
 * looking up while a contacts file of the same tenant is imported. Client and server share the machine.
 */
const connections = 16;
const getsPerKey = 10_000;
const searches = 2_000;
/** Calls of each kind before those that are timed: of a server that has been at work, as in `bench:access`. */
const warmUps = 500;
const sets = 6_000;
/** Five contact rows for two patrons: half a million rows. */
const contactPatronsMax = 200_000;

const options = readOptions('bench:fsi', { rounds: 3, patrons: 1_000_000, minutesMax: 45 });
/** By which keys patrons are looked up. */
const keys: readonly (readonly [string, (one: Someone) => string])[] = [
  ['barcode', barcodeOf],
  ['username', ({ username }) => username],
  ['externalid', externalIdOf],
  ['email', emailOf],
];

/** The calls of a phase, and the server's processor time for each, which says what they cost whoever else is at work. */
type Phase = Calls & { readonly cpuMicros: number };
type Round = Readonly<Record<string, Phase>>;

await runBench(options, async ({ dir, signal, postgres }) => {
  say(`Generating ${options.patrons} patrons …`);
  const patronsFile = join(dir, 'patrons.csv');
  await generateDirectory(patronsFile, options.patrons, options.seed);
  const people = generatePeople(options.patrons, options.seed);
  await using database = await placeFor(postgres);
  const dataDir = join(dir, 'data');
  await using server = await BenchServer.start(dataDir, signal, database?.url);
  say('Storing them …');
  appliedRun(await server.postCsv('/api/v1/imports?kind=patrons', patronsFile));
  using client = await openClient(server.port);
  await untilIndexed(dataDir, database?.url, signal);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const contactsFile = join(dir, `contacts-${number}.csv`);
    const contactPatrons = Math.min(contactPatronsMax, options.patrons);
    await generateContacts(contactsFile, contactPatrons, options.seed, `home${number}.example`);
    rounds.push(await measure(server, client, people, contactsFile, number));
    await untilIndexed(dataDir, database?.url, signal);
  }
  report(rounds);
});

async function measure(
  server: BenchServer,
  client: FsiClient,
  people: readonly Someone[],
  contactsFile: string,
  number: number,
): Promise<Round> {
  const anybody = () => people[Math.floor(Math.random() * people.length)]!;
  const round: Record<string, Phase> = {};
  const phase = async (name: string, next: () => Call | undefined) => {
    const cpuBefore = server.cpuSeconds();
    const calls = await client.callAll(next);
    const cpuMicros = ((server.cpuSeconds() - cpuBefore) * 1e6) / calls.count;
    round[name] = { ...calls, cpuMicros };
    say(
      `round ${number}, ${name}: ${calls.perSecond.toFixed(0)}/s, median ${calls.median.toFixed(1)} ms, p99 ${calls.p99.toFixed(1)} ms, longest ${calls.longest.toFixed(0)} ms, ${cpuMicros.toFixed(0)} µs of processor each`,
    );
  };
  const warmPhase = async (name: string, count: number, call: (n: number) => Call) => {
    await client.callAll(times(warmUps, call));
    await phase(name, times(count, call));
  };
  for (const [keyfield, valueOf] of keys) {
    await warmPhase(`getpatron by ${keyfield}`, getsPerKey, () => ({
      action: 'getpatron',
      keyfield,
      keyvalue: valueOf(anybody()),
    }));
  }
  await warmPhase('searchpatron', searches, (n) => ({
    action: 'searchpatron',
    ...searchFor(anybody(), n, people.length),
  }));
  await warmPhase('setpatron', sets, (n) => setRoom(anybody(), `Q${number}-${n}`));
  const importing = server.postForm('/api/import/userContacts/replaceDeclaredPatrons', contactsFile);
  let isImporting = true;
  const imported = importing.finally(() => (isImporting = false));
  await phase('getpatron during an import', () => {
    if (!isImporting) return undefined;
    return { action: 'getpatron', keyfield: 'barcode', keyvalue: barcodeOf(anybody()) };
  });
  const { status, body, seconds } = await imported;
  if (status !== 200 || !body.includes('"success":true'))
    throw new Error(`The import answered ${status}: ${body}`);
  say(`round ${number}, the import itself: ${seconds.toFixed(1)} s`);
  return round;
}

function times(count: number, call: (n: number) => Call): () => Call | undefined {
  let n = 0;
  return () => (n < count ? call(n++) : undefined);
}

/** What is looked for, in turn: any page of everybody, a key, both names, and the end of a barcode. */
function searchFor(someone: Someone, n: number, everybody: number): Call {
  const { username, firstname, surname } = someone;
  const pages = Math.ceil(everybody / 50);
  if (n % 4 === 0) return { keyword: '', pagenumber: 1 + Math.floor(Math.random() * pages) };
  if (n % 4 === 1) return { keyword: username };
  if (n % 4 === 2) return { keyword: `${firstname} ${surname}` };
  return { keyword: barcodeOf(someone).slice(-6) };
}

function setRoom(someone: Someone, room: string): Call {
  return { action: 'setpatron', keyfield: 'barcode', barcode: barcodeOf(someone), allownew: false, room };
}

async function openClient(port: number): Promise<FsiClient> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/api-clients`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
  });
  if (response.status !== 201) throw new Error(`No API client was made: ${response.status}`);
  const { key, secret } = (await response.json()) as { key: string; secret: string };
  return FsiClient.open(port, connections, key, secret);
}

function report(rounds: readonly Round[]): void {
  const names = Object.keys(rounds[0]!);
  const of = (name: string, pick: (phase: Phase) => number) =>
    spreadOf(rounds.map((round) => pick(round[name]!)));
  const calls = Object.fromEntries(
    names.map((name) => [
      name,
      {
        perSecond: of(name, ({ perSecond }) => perSecond),
        medianMs: of(name, ({ median }) => median),
        p99Ms: of(name, ({ p99 }) => p99),
        cpuMicros: of(name, ({ cpuMicros }) => cpuMicros),
      },
    ]),
  );
  const figures = { machine: machine(), patrons: options.patrons, connections, rounds: rounds.length, calls };
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const { cores, cpu, memoryGib, node } = figures.machine;
  console.log(`
${options.patrons} patrons, ${connections} connections; ${rounds.length} rounds; median (least to greatest)
${cores} cores, ${cpu}, ${memoryGib} GiB, Node ${node}
`);
  for (const [name, { perSecond, p99Ms, cpuMicros }] of Object.entries(calls)) {
    console.log(
      `${name.padEnd(28)} ${formatSpread(perSecond, 0, '/s').padEnd(30)} p99 ${formatSpread(p99Ms, 1, ' ms').padEnd(26)} ${cpuMicros.median.toFixed(0)} µs of the server’s processor`,
    );
  }
}
