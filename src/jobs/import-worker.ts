import { parentPort, workerData } from 'node:worker_threads';
import { MusterError } from '../domain/errors.ts';
import { plainError } from '../domain/plain-error.ts';
import { sweepHeap } from '../observability/sweep-heap.ts';
import type { Storage } from '../ports/storage.ts';
import type { Progress } from '../ports/system-store.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import { engineOf } from '../storage/engines.ts';
import { diskRefusal } from '../sync/disk.ts';
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
const indexedPerWrite = 1_000;
const catchUpMs = 100;
/** Opened at once; where that fails, by the next task, which is then told what is wrong with the data directory. */
let opening: Promise<Storage> | undefined;
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
  const storage = await storageOpen();
  if (task.task === 'ping') return 0;
  const store = await storage.tenant(task.tenant);
  if (task.task === 'receive') return receiveUpload(store, task.upload, task.request, clock.now());
  if (task.task === 'catch-up') return catchUp(store);
  const run = await store.read.runs.findById(task.runId);
  if (!run) throw new MusterError('not-found', `There is no run ${task.runId}.`);
  const around = { clock, spillDir: settings.spillDir, file: task.file, onProgress };
  if (run.undoes === null) await runImport(store, run.id, around);
  else await runUndo(store, run.id, around);
  return run.id;
}

function storageOpen(): Promise<Storage> {
  return (opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  }));
}

async function open(): Promise<Storage> {
  const storage = await (await engineOf(settings)).open({ clock, forWorker: true });
  sweepHeap();
  return storage;
}

/** In short transactions and for a moment only, so that single writes and the next run get their turn. */
async function catchUp(store: TenantStore): Promise<number> {
  let done = 0;
  for (const until = performance.now() + catchUpMs; performance.now() < until;) {
    const indexed = await store.catchUpSearch(indexedPerWrite);
    if (indexed === 0) return done;
    done += indexed;
  }
  return done;
}

parentPort!.on('message', (task: ImportTask) => {
  perform(task).then(
    (result) => tell({ answer: 'done', result }),
    (thrown: unknown) => {
      tell({ answer: 'failed', error: plainError(diskRefusal(thrown)) });
    },
  );
});

storageOpen().catch(() => undefined);
