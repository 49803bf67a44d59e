import { purgeTenant } from '../../src/jobs/purge.ts';
import type { Run } from '../../src/ports/runs.ts';
import { approveRun, discardRun } from '../../src/sync/held-run.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine, type CsvImport, type TestEngine } from './engine.ts';
import { randomFrom } from './random.ts';
import { faults, SimulatedSchool, type Fault, type Night, type SchoolSize } from './school-year.ts';

export interface SchoolYearsOptions extends SchoolSize {
  readonly seed: number;
  readonly nights: number;
  /** How often a night's export is broken. */
  readonly faultShare: number;
  readonly firstNight?: number;
}

export interface SchoolYearsResult {
  readonly nights: number;
  readonly summers: number;
  /** Ordinary nights of which a file was held for what it took away; where, in words. */
  readonly falseHolds: readonly string[];
  /** Ordinary nights held since an undo had taken back a part of what is right by now. */
  readonly holdsAfterUndo: number;
  /** Broken files that took something away, by fault. */
  readonly broken: Readonly<Record<Fault, FaultResult>>;
}

export interface FaultResult {
  held: number;
  /** Applied, since it took too little for a threshold; undone by hand the next day. */
  missed: number;
  /** The largest share, in percent, that a missed one took of the active patrons or of the contacts. */
  missedShareMax: number;
  /** Applied though it took more than the threshold, by a count of our own: there must be none. */
  wrongly: number;
}

const dayMs = 24 * 60 * 60_000;
const head = { name: 'head', channel: 'api' } as const;
const requests = {
  patrons: { kind: 'patrons', mode: 'full' },
  contacts: { kind: 'contacts', mode: 'replaceDeclaredPatronsKeepCustomContacts' },
} as const satisfies Record<string, CsvImport>;

/**
 * Sends the files of a simulated school to the real engine night by night, some of them broken, and counts which
 * broken ones were applied and which whole ones held. What a broken file takes is worked out from the files alone.
 */
export async function schoolYears(options: SchoolYearsOptions): Promise<SchoolYearsResult> {
  await using engine = await openEngine();
  const school = new SimulatedSchool(options.seed, options, options.firstNight);
  const random = randomFrom(options.seed + 1);
  const result = {
    nights: options.nights,
    summers: 0,
    falseHolds: [] as string[],
    holdsAfterUndo: 0,
    broken: noFaults(),
  };
  const standing = new Standing();
  for (let night = 0; night < options.nights; night++) {
    engine.clock.time += dayMs;
    const files = school.next();
    if (files.event === 'summer') result.summers++;
    const fault = night > 0 && random() < options.faultShare ? anyFault(random) : undefined;
    for (const kind of ['patrons', 'contacts'] as const) {
      const broken = fault !== undefined && faults[fault].kind === kind;
      if (broken) await sendBroken(engine, fault, files, standing, result.broken[fault], random);
      else await sendWhole(engine, kind, files, standing, result, night);
    }
    if (night % 30 === 29) await purgeTenant(engine.store, engine.clock.now());
  }
  return result;
}

async function sendWhole(
  engine: TestEngine,
  kind: 'patrons' | 'contacts',
  files: Night,
  standing: Standing,
  result: { falseHolds: string[]; holdsAfterUndo: number },
  night: number,
): Promise<void> {
  let run = await engine.importCsv(files[kind], requests[kind]);
  if (run.state === 'held') {
    const afterUndo = run.heldFor.every(({ code }) => code === 'redoes-undone');
    if (afterUndo) result.holdsAfterUndo++;
    else result.falseHolds.push(`night ${night} (${files.event}): ${JSON.stringify(run.heldFor)}`);
    await approveRun(engine.store, run.id, head, engine.clock.now());
    run = await engine.perform(run.id);
  }
  if (run.state !== 'applied') throw new Error(`night ${night}: ${kind} ${run.state}: ${run.summary}`);
  standing.applied(kind, files[kind]);
}

async function sendBroken(
  engine: TestEngine,
  fault: Fault,
  files: Night,
  standing: Standing,
  result: FaultResult,
  random: () => number,
): Promise<void> {
  const { kind, spoil } = faults[fault];
  const [header, ...rows] = files[kind].split(/(?<=\n)/);
  const csv = header + spoil(rows, random).join('');
  const { taken, of } = standing.takenBy(kind, csv);
  const run = await engine.importCsv(csv, requests[kind]);
  if (run.state === 'held') {
    result.held++;
    // Somebody drops it, or the next night's file does.
    if (random() < 0.5) await discardRun(engine.store, run.id, head, engine.clock.now());
    return;
  }
  const beyond = taken > (kind === 'patrons' ? 50 : 200) && taken / of > 0.3;
  if (beyond && !onlyHeader(csv)) result.wrongly++;
  if (tookNothing(run)) return;
  result.missed++;
  result.missedShareMax = Math.max(result.missedShareMax, Math.round((100 * taken) / of));
  engine.clock.time += dayMs / 3;
  await engine.perform(await requestUndo(engine.store, run.id, 'head', 'api', engine.clock.now()));
}

/** S5, I4: a file without a row takes nothing away, whatever is missing from it. */
const onlyHeader = (csv: string) => csv.trimEnd().split('\n').length === 1;

function tookNothing({ counts }: Run): boolean {
  return counts.removed + counts.inactivated === 0;
}

/** What the files that were applied last have left standing, worked out from their texts. */
class Standing {
  #active = new Set<string>();
  readonly #contacts = new Map<string, number>();

  applied(kind: 'patrons' | 'contacts', csv: string): void {
    if (kind === 'patrons') this.#active = new Set(rowsOf(csv).map(usernameOf));
    else for (const [username, count] of contactCounts(csv)) this.#contacts.set(username, count);
  }

  /** How much a file takes away: active patrons, or contacts of the patrons it names. */
  takenBy(kind: 'patrons' | 'contacts', csv: string): { taken: number; of: number } {
    if (kind === 'patrons') {
      const named = new Set(rowsOf(csv).map(usernameOf));
      return { taken: [...this.#active].filter((one) => !named.has(one)).length, of: this.#active.size };
    }
    let [taken, of] = [0, 0];
    for (const [username, count] of contactCounts(csv)) {
      const had = this.#contacts.get(username) ?? 0;
      of += had;
      taken += had - count;
    }
    return { taken, of };
  }
}

const rowsOf = (csv: string) => csv.trimEnd().split('\n').slice(1);
const usernameOf = (row: string) => row.slice(0, row.indexOf(','));

function contactCounts(csv: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const username of rowsOf(csv).map(usernameOf)) counts.set(username, (counts.get(username) ?? 0) + 1);
  return counts;
}

function anyFault(random: () => number): Fault {
  const names = Object.keys(faults) as Fault[];
  return names[Math.floor(random() * names.length)]!;
}

function noFaults(): Record<Fault, FaultResult> {
  const none = () => ({ held: 0, missed: 0, missedShareMax: 0, wrongly: 0 });
  return { 'cut-patrons': none(), 'half-patrons': none(), 'cut-contacts': none(), 'half-contacts': none() };
}
