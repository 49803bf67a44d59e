import type { Clock } from '../ports/clock.ts';
import type { Finding } from '../ports/finding.ts';
import type { Storage } from '../ports/storage.ts';
import type { BackupOrder } from './sqlite/backup.ts';
import type { Manifest } from './sqlite/archive.ts';
import type { Restored, RestoreOrder } from './sqlite/restore.ts';

/** Where the data lies. */
export interface EngineSettings {
  readonly dataDir: string;
  /** Unset for the embedded database. */
  readonly databaseUrl: string | undefined;
}

export interface OpenOptions {
  readonly clock: Clock;
  /** For a thread that imports: it may block, waits longer for its turn, and needs few connections. */
  readonly forWorker?: boolean;
}

/** S10: an upload waits its turn, however long the import before it takes to be applied. */
export const workerWriteWaitMs = 30 * 60_000;

/** A database engine as those who open, look after and move its data know it. */
export interface Engine {
  open(options: OpenOptions): Promise<Storage>;
  /** Whether a Muster has been started on it. */
  holdsData(): Promise<boolean>;
  /** What is wrong with what is stored, found by reading only. */
  inspect(): Promise<Finding[]>;
  /** Writes everything into one file; `conflict` where the engine has a tool of its own for that, which it names. */
  backUp(order: Omit<BackupOrder, 'dataDir'>): Manifest;
  restore(order: Omit<RestoreOrder, 'dataDir'>): Restored;
}
