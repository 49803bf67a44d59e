import { MusterError } from '../../domain/errors.ts';
import { workerWriteWaitMs, type Engine } from '../engine.ts';
import { inspectDatabase } from './inspect.ts';
import { appliedVersion } from './migrate.ts';
import { PostgresStorage } from './postgres-storage.ts';
import { withLogin } from './prepare.ts';

/** An import has its transaction and its picture at once, and single reads beside them. */
const worker = {
  poolSizes: { shared: 1, reads: 1, searches: 1, snapshots: 1, writes: 2 },
  writeWaitMs: workerWriteWaitMs,
  prepare: false,
};

/** The engine for several processes; of the data directory it uses the spool alone. */
export function postgresEngine(dataDir: string, url: string): Engine {
  return {
    open: ({ clock, forWorker = false }) =>
      PostgresStorage.open({ url, dataDir, clock, ...(forWorker ? worker : {}) }),
    holdsData: () => withLogin(url, async (client) => (await appliedVersion(client)) > 0),
    inspect: () => inspectDatabase(url),
    backUp() {
      throw new MusterError(
        'conflict',
        `This Muster keeps its data in PostgreSQL, whose own tool backs it up while Muster serves: pg_dump --format=custom --file=muster.dump DATABASE, run as a superuser or a login with BYPASSRLS, since others may not dump what row-level security guards (docs/operations/postgresql.md).`,
      );
    },
    restore() {
      throw new MusterError(
        'conflict',
        'This Muster keeps its data in PostgreSQL. Stop every Muster on it, then: pg_restore --clean --if-exists --dbname=DATABASE muster.dump, as a superuser (docs/operations/postgresql.md).',
      );
    },
  };
}
