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
import { ScanAhead } from '../sync/scan-ahead.ts';
import type { ImportTask, ReceiveTask, WorkerAnswer, WorkerSettings } from './import-tasks.ts';

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
/** What was scanned while it was received waits so long for its run, which another thread or process may do. */
const aheadMsMax = 5_000;
/** By tenant and run. */
let ahead: { readonly run: string; readonly scan: ScanAhead; readonly timer: NodeJS.Timeout } | undefined;
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
  if (task.task === 'receive') return receive(store, task);
  if (task.task === 'catch-up') return catchUp(store);
  const run = await store.read.runs.findById(task.runId);
  if (!run) throw new MusterError('not-found', `There is no run ${task.runId}.`);
  using scanned = takeAhead(`${task.tenant}/${task.runId}`);
  const around = { clock, spillDir: settings.spillDir, file: task.file, scanned, onProgress };
  if (run.undoes === null) await runImport(store, run.id, around);
  else await runUndo(store, run.id, around);
  return run.id;
}

/** Stores an upload, and scans it meanwhile for its run, which mostly is what this thread is asked for next. */
async function receive(store: TenantStore, { tenant, upload, request }: ReceiveTask): Promise<number> {
  using meanwhile = new DisposableStack();
  const scan = ScanAhead.begin(store.read, { ...upload, request }, settings.spillDir);
  if (scan !== undefined) meanwhile.use(scan);
  const runId = await receiveUpload(store, upload, request, clock.now());
  if (scan !== undefined) keepAhead(`${tenant}/${runId}`, scan);
  meanwhile.move();
  return runId;
}

function keepAhead(run: string, scan: ScanAhead): void {
  takeAhead(undefined);
  const timer = setTimeout(() => takeAhead(undefined), aheadMsMax);
  ahead = { run, scan, timer };
}

/** The scan for that run, if it is there; any other is given up. */
function takeAhead(run: string | undefined): ScanAhead | undefined {
  if (ahead === undefined) return undefined;
  const { run: of, scan, timer } = ahead;
  ahead = undefined;
  clearTimeout(timer);
  if (of === run) return scan;
  scan[Symbol.dispose]();
  return undefined;
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
