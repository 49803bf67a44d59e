import { Worker } from 'node:worker_threads';
import { errorOf } from '../domain/plain-error.ts';
import type { Progress } from '../ports/system-store.ts';
import type { ImportTask, ScanTask, WorkerAnswer, WorkerSettings } from './import-tasks.ts';

interface Job {
  readonly task: ImportTask;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (result: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Far above what an import needs, whose rows are planned and written in pieces. Without a limit the heap
 * grows to several times of what lives in it before it is swept.
 */
const heapLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 48 };

const threadEntry = new URL('../../bin/thread.js', import.meta.url);
const program = new URL('./import-worker.ts', import.meta.url).href;

/** One import beside one upload being received; more would only share the same processor. */
const workersMax = 2;

/** A second thread is seldom needed, and an idle one holds on to tens of megabytes. */
const idleMax = 1;

/** About what a thread takes to start. */
const startMs = 500;

/** The task was given up because the process stops; nothing of it was applied. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * The threads that do imports. A task waits for a free thread; threads are started when first needed and
 * kept. A thread that dies fails its task and is replaced.
 */
export class ImportWorkers implements AsyncDisposable {
  readonly #settings: WorkerSettings;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #toScan: ScanTask | undefined;
  /** Runs while it is seen whether a thread is free before another one would have started. */
  #patience: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  /** Does a task and gives its result, for most the run's id; throws what the task was refused with. */
  execute(task: ImportTask, onProgress: (progress: Progress) => void = () => {}): Promise<number> {
    if (this.#closed) return Promise.reject(new Interrupted());
    // What is whole needs nobody who waits for it to arrive.
    if (task.task === 'receive' && task.upload.path === this.#toScan?.upload.path) this.#toScan = undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, onProgress, resolve, reject });
      this.#next();
    });
  }

  /** Sees that a thread is there or on its way, for a task that is soon to come: it takes a moment to begin. */
  warmUp(): void {
    if (!this.#closed && this.#idle.length + this.#busy.size === 0) this.#idle.push(this.#start());
  }

  /** Has the thread that is free, or is so next, scan an upload while it arrives. */
  scanArriving(task: ScanTask): void {
    this.#toScan = task;
    this.#scanNext();
  }

  /** Resolves when imports can be done: a thread is at work, or one answers. */
  async check(): Promise<void> {
    if (this.#busy.size === 0) await this.execute({ task: 'ping' });
  }

  /** Ends the threads; what they were at, and what waited, is `Interrupted` with nothing applied. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#patience);
    for (const { reject } of this.#waiting.splice(0)) reject(new Interrupted());
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  /** By the thread that the next task will be given to as well. */
  #scanNext(): void {
    const worker = this.#idle.at(-1);
    if (worker === undefined || this.#toScan === undefined) return;
    worker.postMessage(this.#toScan);
    this.#toScan = undefined;
  }

  /** Gives what waits to threads, as far as there are any. */
  #next(isPatient = true): void {
    for (let job = this.#waiting[0]; job !== undefined && !this.#closed; job = this.#waiting[0]) {
      const worker = this.#idle.pop() ?? this.#another(isPatient);
      if (!worker) return;
      this.#waiting.shift();
      this.#busy.set(worker, job);
      worker.postMessage(job.task);
    }
    if (this.#closed) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#scanNext();
  }

  /** One more thread, where it may be; not at once where one that is there is likely to be free sooner. */
  #another(isPatient: boolean): Worker | undefined {
    if (this.#busy.size >= workersMax) return undefined;
    if (!isPatient || ![...this.#busy.values()].some(isBrief)) return this.#start();
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      this.#next(false);
    }, startMs);
    return undefined;
  }

  #start(): Worker {
    const worker = new Worker(threadEntry, {
      argv: [program],
      workerData: this.#settings,
      resourceLimits: heapLimits,
    });
    worker.on('message', (answer: WorkerAnswer) => this.#answered(worker, answer));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', () => this.#died(worker, new Error('the import worker stopped')));
    return worker;
  }

  #answered(worker: Worker, answer: WorkerAnswer): void {
    const job = this.#busy.get(worker);
    if (!job) return;
    if (answer.answer === 'progress') {
      job.onProgress(answer.progress);
      return;
    }
    this.#busy.delete(worker);
    if (this.#idle.length < idleMax || this.#waiting.length > 0) this.#idle.push(worker);
    else void worker.terminate();
    if (answer.answer === 'done') job.resolve(answer.result);
    else job.reject(errorOf(answer.error));
    this.#next();
  }

  #died(worker: Worker, error: unknown): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#closed) job?.reject(new Interrupted());
    else job?.reject(error instanceof Error ? error : new Error(String(error)));
    this.#next();
  }
}

/** Whether it mostly ends in a moment: not where the thread has only just been started, or the server sweeps up. */
function isBrief({ task }: Job): boolean {
  return task.task === 'catch-up' || task.task === 'ping';
}
