import { EventEmitter, once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { isUnfinished, type Run } from '../ports/runs.ts';
import type { Storage } from '../ports/storage.ts';
import type { Progress } from '../ports/system-store.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import { failedEnd } from '../sync/failed-end.ts';
import type { ImportRequest, Upload } from '../sync/receive.ts';
import { isWorthScanning, type UploadToScan } from '../sync/scan-ahead.ts';
import { Interrupted, type ImportWorkers } from './import-workers.ts';
import { isDeadProcess, newLeaseHolder } from './lease-holder.ts';

const leaseName = 'imports';
const heartbeatMs = 2_000;
const expiryMs = 10_000;
/** How often somebody else's run is asked about. */
const pollMs = 150;
/** What is not pressing waits until nobody has sent anything for so long: scripts often send one file after another. */
const quietMs = 100;
/** How often tenants in use are searched for runs that another process left behind. */
const sweepMs = 5_000;
/** A run that breaks this often is given up; something is wrong with the program, not with the moment. */
const attemptsMax = 3;
/** As long as a timer can wait. */
const foreverMs = 2 ** 31 - 1;

export interface ImportQueueOptions {
  readonly storage: Storage;
  readonly workers: ImportWorkers;
  readonly clock: Clock;
  /** Told of trouble that is ours, for the log; nothing personal is in it. */
  readonly onTrouble: (error: unknown, facts: { tenant: string; runId: number }) => void;
  readonly onReceived?: (tenant: string, runId: number, upload: Upload, request: ImportRequest) => void;
  readonly onFinished?: (tenant: string, run: Run) => void;
  /** A run was stopped in its middle; whoever starts next does it. */
  readonly onGivenBack?: (tenant: string, runId: number) => void;
}

/**
 * S10: runs of one tenant, one after the other, whoever sent them and through whichever process. The state of a
 * run is in the database alone: a process that dies leaves its lease behind, and the next one to look takes
 * the run up (at once when that process is surely gone, else once its heartbeat is too old).
 */
export class ImportQueue implements AsyncDisposable {
  readonly #options: ImportQueueOptions;
  readonly #holder = newLeaseHolder();
  readonly #draining = new Map<string, Promise<void>>();
  readonly #progress = new Map<string, Progress>();
  readonly #finished = new EventEmitter();
  /** By tenant: there may be a run to do. */
  readonly #kicked = new EventEmitter();
  readonly #sweep: NodeJS.Timeout;
  readonly #touched = new Set<string>();
  /** Uploads that are being received. */
  #expected = 0;
  /** Stored uploads that still lie in the spool, by tenant and run. */
  readonly #files = new Map<string, string>();
  /** Tenants whose search index may be behind. */
  readonly #behind = new Set<string>();
  /** Runs that a worker of this process is at, as `tenant/id`. */
  readonly #inFlight = new Set<string>();
  /** Runs in flight are waited for no longer. */
  readonly #giveUp = new AbortController();
  /** No run is begun any more. */
  #stopping = false;

  constructor(options: ImportQueueOptions) {
    this.#options = options;
    this.#finished.setMaxListeners(0);
    this.#sweep = setInterval(() => {
      for (const tenant of this.#touched) this.kick(tenant);
    }, sweepMs);
    this.#sweep.unref();
  }

  /** Stores an upload as a delivery with its run and sees that it is done; gives the run's id. */
  async submit(tenant: string, upload: Upload, request: ImportRequest): Promise<number> {
    using _ = this.expectUpload();
    const runId = await this.#receive(tenant, upload, request);
    await this.#keepFile(`${tenant}/${runId}`, upload);
    this.#options.onReceived?.(tenant, runId, upload, request);
    this.kick(tenant);
    return runId;
  }

  /** Has a thread made ready for the next task, beside whatever else is done meanwhile. */
  warmUp(): void {
    this.#options.workers.warmUp();
  }

  /** While an upload is on its way, what is not pressing leaves the processor to it, and a thread is made ready. */
  expectUpload(): Disposable {
    this.#expected++;
    this.warmUp();
    return { [Symbol.dispose]: () => void this.#expected-- };
  }

  /** An upload has begun to arrive in the spool: what can be done with it before it is whole may begin. */
  arriving(tenant: string, upload: UploadToScan): void {
    if (this.#stopping || !isWorthScanning(upload)) return;
    this.#options.workers.scanArriving({ task: 'scan-arriving', tenant, upload });
  }

  /** The file that has just been stored lies here until its run has read it, which spares unpacking it again. */
  async #keepFile(run: string, upload: Upload): Promise<void> {
    if (this.#files.has(run)) return;
    const path = `${upload.path}.kept`;
    try {
      await rename(upload.path, path);
      this.#files.set(run, path);
    } catch {
      // What was stored is read instead.
    }
  }

  /** Takes up whatever is unfinished in every tenant; called at start. */
  async resume(): Promise<void> {
    for (const { slug } of await this.#options.storage.system.listTenants()) {
      this.#behind.add(slug);
      this.kick(slug);
    }
  }

  /** Sees that the unfinished runs of a tenant are being done. */
  kick(tenant: string): void {
    this.#touched.add(tenant);
    this.#kicked.emit(tenant);
    if (this.#stopping || this.#draining.has(tenant)) return;
    const draining = this.#drain(tenant)
      .catch((error: unknown) => this.#troubled(tenant, error))
      .finally(() => this.#draining.delete(tenant));
    this.#draining.set(tenant, draining);
  }

  /** Nothing of the tenant can be done now. Who waits is told so; a later kick or sweep takes the runs up. */
  #troubled(tenant: string, error: unknown): void {
    this.#options.onTrouble(error, { tenant, runId: 0 });
    for (const name of this.#finished.eventNames()) {
      if (String(name).startsWith(`${tenant}/`)) this.#finished.emit(name, error);
    }
  }

  /** Resolves with the run once it is neither received nor running, whoever does it. */
  async waitFor(tenant: string, runId: number): Promise<Run> {
    const store = await this.#options.storage.tenant(tenant);
    for (;;) {
      const run = await store.read.runs.findById(runId);
      if (!run) throw new MusterError('not-found', `There is no run ${runId}.`);
      if (!isUnfinished(run)) {
        await this.#dropFile(`${tenant}/${runId}`);
        return run;
      }
      this.#refuseWhenNobodyDoes(`${tenant}/${runId}`);
      this.kick(tenant);
      const patience = new AbortController();
      const finished = once(this.#finished, `${tenant}/${runId}`, { signal: patience.signal }).then(
        ([trouble]) => trouble as unknown,
        () => undefined,
      );
      const trouble = await Promise.race([finished, delay(pollMs, undefined, { signal: patience.signal })]);
      patience.abort();
      if (trouble)
        throw trouble instanceof Error ? trouble : new Error('the import broke', { cause: trouble });
    }
  }

  /** How far a run is, as far as this process or the lease knows. */
  async findProgress(tenant: string, runId: number): Promise<Progress | undefined> {
    const here = this.#progress.get(tenant);
    if (here?.runId === runId) return here;
    const store = await this.#options.storage.tenant(tenant);
    const there = await this.#options.storage.system.findProgress(store.tenant.id, leaseName);
    return there?.runId === runId ? there : undefined;
  }

  /** Resolves when imports can be done; `busy` while stopping. */
  async check(): Promise<void> {
    if (this.#stopping) throw new MusterError('busy', 'Muster is stopping.');
    await this.#options.workers.check();
  }

  /**
   * Begins no run any more, and waits for those in flight as long as `graceMs`. One that needs longer is given
   * back: its thread is ended with nothing applied, whoever waits for it is told so, and the next start does it.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#sweep);
    const inTime = new AbortController();
    const ended = Promise.all(this.#draining.values()).finally(() => inTime.abort());
    await delay(graceMs, undefined, { signal: inTime.signal }).catch(() => undefined);
    this.#giveUp.abort();
    if (this.#draining.size > 0) await this.#options.workers[Symbol.asyncDispose]();
    await ended;
  }

  /** Waits for the runs in flight, however long they take. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(foreverMs);
  }

  async #receive(tenant: string, upload: Upload, request: ImportRequest): Promise<number> {
    try {
      if (this.#stopping) throw new Interrupted();
      return await this.#options.workers.execute({ task: 'receive', tenant, upload, request });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      throw new MusterError('busy', 'Muster is stopping. Nothing was imported; send the file again later.');
    }
  }

  async #drain(tenant: string): Promise<void> {
    const { storage } = this.#options;
    const store = await storage.tenant(tenant);
    let quiet = false;
    for (;;) {
      const [next] = await store.read.runs.listUnfinished();
      if (this.#stopping) return;
      if (!next) {
        await this.#dropFiles(tenant);
        if (!this.#behind.has(tenant)) return;
        quiet = (quiet && this.#expected === 0) || (await this.#waitForQuiet(tenant));
        if (quiet) await this.#catchUp(tenant);
        continue;
      }
      quiet = false;
      const held = await storage.system.acquireLease(
        store.tenant.id,
        leaseName,
        this.#holder,
        this.#options.clock.now(),
        expiryMs,
        isDeadProcess,
      );
      if (!held) {
        await delay(pollMs);
        continue;
      }
      try {
        await this.#perform(store, next.id);
      } finally {
        await storage.system.releaseLease(store.tenant.id, leaseName, this.#holder);
      }
    }
  }

  /** Does a piece of the indexing that runs have put off. */
  async #catchUp(tenant: string): Promise<void> {
    const indexed = await this.#options.workers.execute({ task: 'catch-up', tenant });
    if (indexed === 0) this.#behind.delete(tenant);
  }

  /** Waits a moment; gives whether nothing came for the tenant meanwhile and nothing is being received. */
  async #waitForQuiet(tenant: string): Promise<boolean> {
    const patience = new AbortController();
    const { signal } = patience;
    const kicked = once(this.#kicked, tenant, { signal }).then(
      () => true,
      () => true,
    );
    const passed = delay(quietMs, false, { signal }).catch(() => true);
    const disturbed = await Promise.race([kicked, passed]);
    patience.abort();
    return !disturbed && this.#expected === 0;
  }

  async #perform(store: TenantStore, runId: number): Promise<void> {
    const tenant = store.tenant.slug;
    // Read again now that the lease is held: another process may have finished it meanwhile.
    const before = await store.read.runs.findById(runId);
    if (before === undefined || !isUnfinished(before)) return;
    const beat = setInterval(() => void this.#heartbeat(store), heartbeatMs);
    this.#inFlight.add(`${tenant}/${runId}`);
    this.#behind.add(tenant);
    try {
      const file = this.#files.get(`${tenant}/${runId}`);
      await this.#options.workers.execute({ task: 'run', tenant, runId, file }, (progress) =>
        this.#progress.set(tenant, progress),
      );
      this.#finished.emit(`${tenant}/${runId}`);
      const run = await store.read.runs.findById(runId);
      if (run) this.#options.onFinished?.(tenant, run);
    } catch (error) {
      if (error instanceof Interrupted) {
        this.#options.onGivenBack?.(tenant, runId);
        return;
      }
      this.#options.onTrouble(error, { tenant, runId });
      await this.#endTroubled(store, runId, error);
    } finally {
      clearInterval(beat);
      this.#inFlight.delete(`${tenant}/${runId}`);
      this.#progress.delete(tenant);
      await this.#dropFile(`${tenant}/${runId}`);
    }
  }

  async #dropFile(run: string): Promise<void> {
    const path = this.#files.get(run);
    if (path === undefined) return;
    // Forgotten last, so that nobody who asks meanwhile takes it for gone.
    await rm(path, { force: true });
    this.#files.delete(run);
  }

  /** Of runs that somebody else has done. */
  async #dropFiles(tenant: string): Promise<void> {
    for (const run of this.#files.keys()) if (run.startsWith(`${tenant}/`)) await this.#dropFile(run);
  }

  async #heartbeat(store: TenantStore): Promise<void> {
    try {
      await this.#options.storage.system.renewLease(
        store.tenant.id,
        leaseName,
        this.#holder,
        this.#options.clock.now(),
        this.#progress.get(store.tenant.slug),
      );
    } catch (error) {
      this.#options.onTrouble(error, { tenant: store.tenant.slug, runId: 0 });
    }
  }

  /**
   * A run that broke: what the disk or the operator must mend ends it now, with the reason; a bug is tried again
   * a few times. Whoever waits for it is answered either way.
   */
  async #endTroubled(store: TenantStore, runId: number, error: unknown): Promise<void> {
    const known = error instanceof MusterError;
    // A database that broke off comes back, so that is tried again, as a bug is.
    const mayPass = !known || error.code === 'storage-unavailable';
    const run = await store.read.runs.findById(runId);
    if (!run || (mayPass && run.attempt < attemptsMax)) return;
    const failure = known
      ? { code: error.code, detail: error.message }
      : {
          code: 'internal',
          detail: 'Something went wrong in Muster itself; the log says what. Nothing was changed.',
        };
    try {
      const end = failedEnd(failure, this.#options.clock.now());
      await store.transact((tx) => tx.runs.finish(runId, run.attempt, end));
      this.#finished.emit(`${store.tenant.slug}/${runId}`);
      const ended = await store.read.runs.findById(runId);
      if (ended) this.#options.onFinished?.(store.tenant.slug, ended);
    } catch (unrecorded) {
      // Not even that could be written; the waiting request is told, and the run is taken up later.
      this.#options.onTrouble(unrecorded, { tenant: store.tenant.slug, runId });
      this.#finished.emit(`${store.tenant.slug}/${runId}`, error);
      await delay(sweepMs, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
    }
  }

  /** While stopping, only a run that is in flight and still waited for will end here. */
  #refuseWhenNobodyDoes(run: string): void {
    if (!this.#stopping || (this.#inFlight.has(run) && !this.#giveUp.signal.aborted)) return;
    throw new MusterError('busy', 'Muster is stopping; the import goes on at its next start.');
  }
}
