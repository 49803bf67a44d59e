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
import type { ImportTask, ReceiveTask, ScanTask, WorkerAnswer, WorkerSettings } from './import-tasks.ts';
import { ScansAhead } from './scans-ahead.ts';

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
const scans = new ScansAhead(settings.spillDir);
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
  // Whatever is asked for goes before what may be asked for later.
  if (task.task === 'run' || task.task === 'catch-up') scans.giveUpArriving();
  const storage = await storageOpen();
  if (task.task === 'ping') return 0;
  const store = await storage.tenant(task.tenant);
  if (task.task === 'receive') return receive(store, task);
  if (task.task === 'catch-up') return catchUp(store);
  const run = await store.read.runs.findById(task.runId);
  if (!run) throw new MusterError('not-found', `There is no run ${task.runId}.`);
  using scanned = scans.take(`${task.tenant}/${task.runId}`);
  const around = { clock, spillDir: settings.spillDir, file: task.file, scanned, onProgress };
  if (run.undoes === null) await runImport(store, run.id, around);
  else await runUndo(store, run.id, around);
  return run.id;
}

/** Stores an upload, and scans it meanwhile for its run, which mostly is what this thread is asked for next. */
async function receive(store: TenantStore, { tenant, upload, request }: ReceiveTask): Promise<number> {
  using meanwhile = new DisposableStack();
  const scan = scans.ofWhole(store.read, { ...upload, request });
  if (scan !== undefined) meanwhile.use(scan);
  const runId = await receiveUpload(store, upload, request, clock.now());
  if (scan !== undefined) scans.keep(`${tenant}/${runId}`, scan);
  meanwhile.move();
  return runId;
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

/** Nothing is lost where it cannot be done. */
function scanArriving({ tenant, upload }: ScanTask): void {
  const open = async () => (await (await storageOpen()).tenant(tenant)).read;
  scans.beginArriving(upload, open).catch(() => undefined);
}

parentPort!.on('message', (task: ImportTask | ScanTask) => {
  if (task.task === 'scan-arriving') {
    scanArriving(task);
    return;
  }
  perform(task).then(
    (result) => tell({ answer: 'done', result }),
    (thrown: unknown) => {
      tell({ answer: 'failed', error: plainError(diskRefusal(thrown)) });
    },
  );
});

storageOpen().catch(() => undefined);
