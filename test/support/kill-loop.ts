import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../src/ports/runs.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { engineName, openPlace, placeAt, placeEnv, releaseDatabases } from './engines.ts';
import {
  asLines,
  contactsFile,
  patronsFile,
  storedDirectory,
  type ModelDirectory,
  type ModelFile,
} from './model-directory.ts';
import { randomFrom } from './random.ts';
import { adminAuthorization, adminPassword } from './server.ts';
import { startProcess, type ProcessServer } from './process-server.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));

export interface KillLoopOptions {
  readonly seed: number;
  readonly kills: number;
  /** Told after each kill, for a long loop that somebody watches. */
  readonly onKill?: (done: number) => void;
}

export interface KillLoopResult {
  readonly kills: number;
  readonly answered: number;
  /** Runs that were in the middle of their work when a kill came. */
  readonly interrupted: number;
  /** Uploads that a kill left without an answer but with a run. */
  readonly unansweredRuns: number;
  /** Runs that were begun by one process and ended by another. */
  readonly takenOver: number;
}

const patronCount = 4000;
const largeShare = 0.3;
const answeredShare = 0.2;
const underWayShare = 0.5;
/** So long a run may go on, at most, once it was seen to be under way. */
const underWayMsMax = 300;
/** Every page of the files is read so often at most, and as they grow as seldom as it takes a kill so many milliseconds. */
const integrityEvery = 5;
const integrityMsPerKill = 200;
/** So often it is waited until nothing is unfinished; a partner needs no start for it. */
const finishEvery = { alone: 20, besidePartner: 5 };
/** So often the partner is killed as well, both at once, and another one started. */
const partnerKilledEvery = 10;
/** Where several processes may serve the same data, one that stays takes over from those that are killed. */
const hasPartner = engineName !== 'sqlite';

/**
 * Kills the real server at random moments while uploads run, starts it again on the same data and looks, at
 * every kill, whether the directory is exactly what the runs that ended make of it, in their order, and
 * whether every import that was answered is among them. Where the engine lets several processes share a database, a
 * second server stays, gets uploads too, must answer them all, and takes over what the killed one has left. Throws
 * with what differs, and the seed.
 */
export async function killLoop(options: KillLoopOptions): Promise<KillLoopResult> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-kill-'));
  try {
    await using loop = new KillLoop(folder, options);
    return await loop.run();
  } catch (error) {
    throw new Error(`kill loop with seed ${options.seed}, data left in ${folder}`, { cause: error });
  } finally {
    if (process.env['MUSTER_KEEP'] === undefined) {
      await releaseDatabases(folder);
      await rm(folder, { recursive: true, force: true });
    }
  }
}

interface Upload {
  readonly file: ModelFile;
  answered: boolean;
}

class KillLoop implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #partnerDir: string;
  #partner: ProcessServer | undefined;
  readonly #options: KillLoopOptions;
  readonly #random: () => number;
  /** What was sent and is not known to be applied yet. */
  readonly #uploads = new Map<string, Upload>();
  readonly #base = Array.from({ length: patronCount }, (_, index) => `pupil${index}`);
  /** What the runs that ended so far make of the directory. */
  readonly #directory: ModelDirectory = new Map();
  #lastApplied = 0;
  #kills = 0;
  #nextIntegrity = integrityEvery;
  #answered = 0;
  #unanswered = 0;
  #interrupted = 0;
  #takenOver = 0;
  #files = 0;

  constructor(folder: string, options: KillLoopOptions) {
    this.#dataDir = join(folder, 'data');
    this.#partnerDir = join(folder, 'partner');
    this.#options = options;
    this.#random = randomFrom(options.seed);
  }

  async run(): Promise<KillLoopResult> {
    await this.#seed();
    while (this.#kills < this.#options.kills) {
      const roll = this.#random();
      if (roll < 0.2) await this.#killWhileStarting();
      else await this.#killWhileUploading();
      this.#kills++;
      await this.#verify();
      this.#options.onKill?.(this.#kills);
      const every = hasPartner ? finishEvery.besidePartner : finishEvery.alone;
      if (this.#kills % every === 0) await this.#finishEverything();
    }
    await this.#finishEverything();
    return {
      kills: this.#kills,
      answered: this.#answered,
      interrupted: this.#interrupted,
      unansweredRuns: this.#unanswered,
      takenOver: this.#takenOver,
    };
  }

  /** The server that stays, where there may be one; started when it is first needed. */
  async #ensurePartner(): Promise<ProcessServer | undefined> {
    if (!hasPartner) return undefined;
    const { MUSTER_DATABASE_URL } = await placeEnv(this.#dataDir);
    this.#partner ??= await startProcess({
      dataDir: this.#partnerDir,
      env: { MUSTER_DATABASE_URL: MUSTER_DATABASE_URL! },
    });
    return this.#partner;
  }

  async #killPartner(): Promise<void> {
    await this.#partner?.kill('SIGKILL');
    this.#partner = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#killPartner();
  }

  /** The first patrons, by an import that is answered. */
  async #seed(): Promise<void> {
    await using server = await startProcess({ dataDir: this.#dataDir });
    await this.#send(server, patronsFile(this.#base, 'First', 'c0'));
    await server.kill();
  }

  async #killWhileStarting(): Promise<void> {
    const child = spawnServer(await placeEnv(this.#dataDir));
    await delay(this.#random() * 900);
    await killed(child);
  }

  async #killWhileUploading(): Promise<void> {
    await using server = await startProcess({ dataDir: this.#dataDir });
    const partner = await this.#ensurePartner();
    await using storage = await this.#open();
    const isPartnerDoomed = (this.#kills + 1) % partnerKilledEvery === 0;
    // The password is checked once, at length; kills belong to what comes after.
    for (const { url } of partner ? [server, partner] : [server]) {
      await fetch(`${url}/api/v1/imports`, { headers: { authorization: adminAuthorization } });
    }
    const count = 1 + Math.floor(this.#random() * 4);
    const files = Array.from({ length: count }, () => this.#nextFile());
    const sent = files.map((file) => {
      if (partner === undefined || this.#random() < 0.7) return this.#send(server, file).catch(() => {});
      // Nobody may be there to answer; the one that stays has no excuse.
      return isPartnerDoomed ? this.#send(partner, file).catch(() => {}) : this.#send(partner, file);
    });
    const answers = Promise.all(sent);
    // What fails before it is waited for is told below.
    answers.catch(() => {});
    // However slow the machine is, some kills come after an answer and while others wait for theirs, and some in the
    // middle of a run.
    const roll = this.#random();
    const part = this.#random();
    if (roll < answeredShare) await Promise.race(sent);
    else if (roll < answeredShare + underWayShare)
      await untilUnderWay(storage, answers, part ** 2 * underWayMsMax);
    else {
      const longest = files.some(({ csv }) => csv.length > 100_000) ? 2500 : 600;
      await Promise.race([delay(part * longest), answers]);
    }
    await Promise.all([server.kill('SIGKILL'), isPartnerDoomed ? this.#killPartner() : undefined]);
    await answers;
  }

  /** Small and large files of both kinds, each like no other. */
  #nextFile(): ModelFile {
    const number = ++this.#files;
    const large = this.#random() < largeShare;
    const some = this.#base.filter(() => large || this.#random() < 0.005);
    const chosen = some.length > 0 ? some : [this.#base[0]!];
    if (this.#random() < 0.4) {
      const brandNew = Array.from({ length: large ? 200 : 2 }, (_, index) => `new${number % 9}x${index}`);
      return patronsFile([...chosen, ...brandNew], `First${number}`, `c${number}`);
    }
    const emailsOf = (username: string, index: number) =>
      Array.from(
        { length: large ? 5 : 1 + (index % 3) },
        (_, nth) => `${username}.${nth}@f${number % (nth + 2)}.example`,
      );
    const contacts = new Map(chosen.map((username, index) => [username, emailsOf(username, index)]));
    contacts.set(this.#base[0]!, [`only@f${number}.example`]);
    return contactsFile(contacts);
  }

  async #send(server: ProcessServer, file: ModelFile): Promise<void> {
    const upload: Upload = { file, answered: false };
    this.#uploads.set(file.sha256, upload);
    const form = new FormData();
    form.append('file', new Blob([file.csv]), `${file.kind}.csv`);
    const address =
      file.kind === 'contacts'
        ? '/api/import/userContacts/replaceDeclaredPatrons'
        : '/api/v1/imports?kind=patrons';
    const response = await fetch(`${server.url}${address}`, {
      method: 'POST',
      body: form,
      headers: { authorization: adminAuthorization },
    });
    const answer = (await response.json()) as { success?: boolean; state?: Run['state'] };
    if (!response.ok || (answer.success !== true && answer.state !== 'applied')) {
      throw new Error(`a good file was answered ${response.status} ${JSON.stringify(answer)}`);
    }
    upload.answered = true;
  }

  /** What is stored is exactly what the runs that ended make of it; what was answered is among them. */
  async #verify(): Promise<void> {
    await this.#reading(async (reader) => {
      for (const { run, sha256 } of await runsAfter(reader, this.#lastApplied)) {
        if (run.state === 'running') this.#interrupted++;
        if (run.state === 'running' || run.state === 'received') continue;
        this.#applied(run, sha256);
      }
      compare(asLines(await storedDirectory(reader)), asLines(this.#directory));
    });
    // What was applied is taken off the list.
    for (const { answered, file } of this.#uploads.values()) {
      if (answered) throw new Error(`an answered ${file.kind} file is not applied`);
    }
    if (engineName === 'sqlite' && this.#kills >= this.#nextIntegrity) this.#checkIntegrity();
  }

  /** Takes note of a run that ended since the last look; they end in the order in which they came. */
  #applied(run: Run, sha256: string): void {
    if (run.state !== 'applied' || run.counts.failed > 0 || run.rowCount === 0) {
      throw new Error(`run ${run.id} is ${run.state}: ${run.summary}`);
    }
    const { file, answered } = this.#uploads.get(sha256)!;
    file.apply(this.#directory);
    this.#uploads.delete(sha256);
    this.#lastApplied = run.id;
    if (run.attempt > 1) this.#takenOver++;
    if (answered) this.#answered++;
    else this.#unanswered++;
  }

  /** Lends no hand: all that was received ends by itself, at the next start or by the server that stays. */
  async #finishEverything(): Promise<void> {
    const partner = await this.#ensurePartner();
    const server = partner ?? (await startProcess({ dataDir: this.#dataDir }));
    const storage = await this.#open();
    try {
      const { read } = await storage.tenant('main');
      while ((await read.runs.listUnfinished()).length > 0) {
        if (server.child.exitCode !== null) throw new Error(`the server ended:\n${server.output()}`);
        await delay(20);
      }
    } finally {
      await storage[Symbol.asyncDispose]();
      if (server !== partner) await server.kill();
    }
    await this.#verify();
    if (partner) return;
    const spool = await readdir(join(this.#dataDir, 'spool')).catch(() => []);
    if (spool.length > 0) throw new Error(`left in the spool: ${spool.join(', ')}`);
  }

  /** One picture, since a server that stays may be at work meanwhile. */
  async #reading<T>(read: (reader: TenantReader) => Promise<T>): Promise<T> {
    const storage = await this.#open();
    try {
      return await (await storage.tenant('main')).snapshot(read);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  }

  async #open(): Promise<Storage> {
    return openPlace(await placeAt(this.#dataDir), { now: () => 0 });
  }

  #checkIntegrity(): void {
    const started = performance.now();
    for (const file of ['system.db', join('tenants', 'main.db')]) {
      const database = new DatabaseSync(join(this.#dataDir, file));
      const found = database.prepare('pragma integrity_check').all();
      const loose = database.prepare('pragma foreign_key_check').all();
      database.close();
      compare(
        [...found, ...loose].map((row) => JSON.stringify(row)),
        ['{"integrity_check":"ok"}'],
      );
    }
    const took = performance.now() - started;
    this.#nextIntegrity = this.#kills + Math.max(integrityEvery, Math.ceil(took / integrityMsPerKill));
  }
}

/** Waits until a run is being done, and a little longer; no longer than until everything is answered. */
async function untilUnderWay(storage: Storage, answers: Promise<unknown>, longerMs: number): Promise<void> {
  let areAnswered = false;
  const answered = answers.then(
    () => (areAnswered = true),
    () => (areAnswered = true),
  );
  const { read } = await storage.tenant('main');
  const isUnderWay = async () => (await read.runs.listUnfinished()).some(({ state }) => state === 'running');
  while (!areAnswered && !(await isUnderWay())) await delay(2);
  await Promise.race([delay(longerMs), answered]);
}

/** The runs after that one, oldest first, with the hash of their files. */
async function runsAfter(reader: TenantReader, runId: number): Promise<{ run: Run; sha256: string }[]> {
  const runs: { run: Run; sha256: string }[] = [];
  for (let page = 1; ; page++) {
    const { items } = await reader.runs.list({ page, pageSize: 20 });
    for (const run of items) {
      if (run.id <= runId) return runs.toReversed();
      const delivery = await reader.deliveries.findById(run.deliveryId!);
      runs.push({ run, sha256: delivery!.sha256 });
    }
    if (items.length === 0) return runs.toReversed();
  }
}

function compare(found: readonly string[], wanted: readonly string[]): void {
  const length = Math.max(found.length, wanted.length);
  for (let index = 0; index < length; index++) {
    if (found[index] === wanted[index]) continue;
    throw new Error(
      `stored “${found[index]}”, but expected “${wanted[index]}” (${found.length} lines, ${wanted.length} expected)`,
    );
  }
}

function spawnServer(place: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [program, 'serve'], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      ...place,
      MUSTER_PORT: '0',
      MUSTER_ADMIN_PASSWORD: adminPassword,
    },
  });
}

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  if (child.exitCode === null) child.kill('SIGKILL');
  await exited;
}
