import { statSync } from 'node:fs';
import { workerWriteWaitMs, type Engine } from '../engine.ts';
import { writeBackup } from './backup.ts';
import { inspectDatabases } from './inspect.ts';
import { restoreBackup } from './restore.ts';
import { SqliteStorage, systemFile } from './sqlite-storage.ts';

/** The worker folds the log into the database file, since there blocking hurts nobody. */
const worker = { cacheKib: 8_192, walBytesMax: 32 * 1024 * 1024, writeWaitMs: workerWriteWaitMs };

/** The embedded engine, on the files of a data directory. */
export function sqliteEngine(dataDir: string): Engine {
  return {
    async open({ clock, forWorker = false }) {
      return SqliteStorage.open({ dataDir, clock, busyTimeoutMs: 0, ...(forWorker ? worker : {}) });
    },
    holdsData: async () => statSync(systemFile(dataDir), { throwIfNoEntry: false }) !== undefined,
    inspect: async () => inspectDatabases(dataDir),
    backUp: (order) => writeBackup({ dataDir, ...order }),
    restore: (order) => restoreBackup({ dataDir, ...order }),
  };
}
