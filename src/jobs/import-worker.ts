import { parentPort, workerData } from 'node:worker_threads';
import { MusterError } from '../domain/errors.ts';
import type { Progress } from '../ports/system-store.ts';
import { SqliteStorage } from '../storage/sqlite/sqlite-storage.ts';
import { receiveUpload } from '../sync/receive.ts';
import { runImport } from '../sync/run-import.ts';
import { runUndo } from '../sync/run-undo.ts';
import type { ImportTask, WorkerAnswer, WorkerSettings } from './import-tasks.ts';

/**
 * The composition root of an import worker: a thread that may block, with connections of its own. It does
 * one task at a time and says how it goes.
 */
const settings = workerData as WorkerSettings;
const clock = { now: () => Date.now() };
const storage = SqliteStorage.open({ dataDir: settings.dataDir, clock, busyTimeoutMs: 0, cacheKib: 32_768 });
/** Often enough for a bar that moves, seldom enough to cost nothing. */
const progressEveryMs = 100;

const tell = (answer: WorkerAnswer) => parentPort!.postMessage(answer);

let toldAt = 0;
function onProgress(progress: Progress): void {
  const now = performance.now();
  if (now - toldAt < progressEveryMs) return;
  toldAt = now;
  tell({ answer: 'progress', progress });
}

async function perform(task: ImportTask): Promise<number> {
  const store = await storage.tenant(task.tenant);
  if (task.task === 'receive') return receiveUpload(store, task.upload, task.request, clock.now());
  const run = await store.read.runs.findById(task.runId);
  if (!run) throw new MusterError('not-found', `There is no run ${task.runId}.`);
  const around = { clock, spillDir: settings.spillDir, onProgress };
  if (run.undoes === null) await runImport(store, run.id, around);
  else await runUndo(store, run.id, around);
  return run.id;
}

parentPort!.on('message', (task: ImportTask) => {
  perform(task).then(
    (runId) => tell({ answer: 'done', runId }),
    (error: unknown) => {
      if (error instanceof MusterError) tell({ answer: 'refused', code: error.code, detail: error.message });
      else
        tell({
          answer: 'broken',
          stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
    },
  );
});
