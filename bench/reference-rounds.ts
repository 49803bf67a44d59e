import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyImport, freshDatabase, placeFor, postgresVersion } from './postgres.ts';
import { needSqliteShell, sqliteImport, type ReferenceTable } from './reference.ts';
import { say, type BenchPlace } from './run.ts';
import { BenchServer } from './server.ts';
import type { Stall } from './stall.ts';

/** What the server took for a file, for the same file again, and for the file with one hundredth of it changed. */
export interface Served {
  readonly firstSeconds: number;
  readonly againSeconds: number;
  readonly changedSeconds: number;
  readonly peakBytes: number;
  /** During the first load. */
  readonly stall: Stall;
}

export interface ReferenceRound extends Served {
  readonly referenceSeconds: number;
}

/** A file that server and reference both import. */
export interface ReferenceFile {
  readonly path: string;
  readonly rows: number;
}

export interface Reference {
  readonly name: string;
  /** Seconds it takes to import the file into a fresh database beside `dir`. */
  seconds(file: ReferenceFile, dir: string, signal: AbortSignal): Promise<number>;
}

/** What imports a file into one table and checks nothing: of the same engine. */
export async function openReference(table: ReferenceTable, database: string | undefined): Promise<Reference> {
  if (database === undefined) {
    return {
      name: `sqlite3 ${needSqliteShell()} .import`,
      async seconds({ path, rows }, dir, signal) {
        const place = `${dir}.reference.db`;
        const seconds = await sqliteImport(table, path, place, rows, signal);
        rmSync(place);
        return seconds;
      },
    };
  }
  return {
    name: `PostgreSQL ${await postgresVersion(database)} \\copy`,
    async seconds({ path, rows }, _dir, signal) {
      await using own = await freshDatabase(database, 'muster_bench_reference');
      return await copyImport(table, own.url, path, rows, signal);
    },
  };
}

/**
 * Measures server and reference in as many rounds: fresh data, fresh process and fresh reference database in each; the
 * reference comes first in one round and last in the next.
 */
export async function measureRounds(
  { dir, signal, postgres }: BenchPlace,
  count: number,
  reference: Reference,
  file: ReferenceFile,
  load: (server: BenchServer) => Promise<Served>,
): Promise<ReferenceRound[]> {
  const rounds: ReferenceRound[] = [];
  for (let number = 1; number <= count; number++) {
    const roundDir = join(dir, `round-${number}`);
    const refer = () => reference.seconds(file, roundDir, signal);
    const before = number % 2 === 1 ? await refer() : undefined;
    const served = await serve({ dir: roundDir, signal, postgres }, load);
    const round = { referenceSeconds: before ?? (await refer()), ...served };
    rmSync(roundDir, { recursive: true, force: true });
    rounds.push(round);
    const seconds = (name: keyof typeof round & `${string}Seconds`) => `${round[name].toFixed(2)} s`;
    say(
      `round ${number}: reference ${seconds('referenceSeconds')}, first ${seconds('firstSeconds')}, again ${seconds('againSeconds')}, 1 % changed ${seconds('changedSeconds')}`,
    );
  }
  return rounds;
}

async function serve(
  { dir, signal, postgres }: BenchPlace,
  load: (server: BenchServer) => Promise<Served>,
): Promise<Served> {
  await using database = await placeFor(postgres);
  await using server = await BenchServer.start(dir, signal, database?.url);
  return await load(server);
}
