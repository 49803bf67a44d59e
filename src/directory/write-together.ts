import { setImmediate as letOthersWork } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';

/** Single writes that one transaction takes along at most. */
const jobsPerTransaction = 200;

/** Does several jobs in one transaction and gives what became of each; a job that is refused has written nothing. */
export type PerformTogether<Job, Result> = (
  tx: TenantTransactor,
  jobs: readonly Job[],
) => Promise<readonly Result[]>;

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit. What makes a single write slow is that its transaction must be on the disk before it is answered; so
 * those that come while one is being written share the next one. Each is answered once it is durable. They
 * stand in line with imports as any other write does, a whole group at a time, and none waits for another group.
 *
 * State: what waits, and whether a group is being written. There is one of these for each store and kind of job.
 */
export class WriteTogether<Job, Result> {
  readonly #store: TenantStore;
  readonly #perform: PerformTogether<Job, Result>;
  readonly #waiting: Waiting<Job, Result>[] = [];
  #isWriting = false;

  constructor(store: TenantStore, perform: PerformTogether<Job, Result>) {
    this.#store = store;
    this.#perform = perform;
  }

  /** Resolves once the job is durable; rejects as the transaction does. */
  submit(job: Job): Promise<Result> {
    const done = new Promise<Result>((resolve, reject) => this.#waiting.push({ job, resolve, reject }));
    if (!this.#isWriting) void this.#writeAll();
    return done;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      // Requests that have arrived together shall go together.
      await letOthersWork();
      await this.#writeGroup(this.#waiting.splice(0, jobsPerTransaction));
    }
    this.#isWriting = false;
  }

  async #writeGroup(group: readonly Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await this.#store.transact((tx) =>
        this.#perform(
          tx,
          group.map(({ job }) => job),
        ),
      );
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      // A database that is busy or full is so for all. Anything else is the fault of one, and the others shall not
      // pay for it: nothing was written, so each is done again by itself.
      if (group.length > 1 && !(error instanceof MusterError)) {
        for (const one of group) await this.#writeGroup([one]);
      } else for (const { reject } of group) reject(error);
    }
  }
}
