import type pg from 'pg';
import { untilFree, usualWaitMs } from '../until-free.ts';
import { isOutOfTime } from './errors.ts';
import { sendTogether } from './picture.ts';
import { withClient } from './pools.ts';
import type { WritePool } from './write-pool.ts';

/** Who asks for a lock without waiting: the server knows no shorter wait. */
const notWaitingMs = 1;

/** The first half of the advisory locks that are Muster's; the second is a tenant's id, or 0 for what is outside. */
export const lockSpace = 0x4d555354;

/** What is done in a transaction: its result, and where statements are on their way a call that throws if any failed. */
type Work<T> = (
  client: pg.PoolClient,
) => Promise<{ readonly result: T; readonly settle?: () => Promise<void> }>;

/**
 * One writer at a time for a tenant, whichever process it is of: an advisory lock that ends with the transaction.
 * Writers of this process queue first; the one whose turn it is waits in the server's own queue for the lock, so that
 * processes take turns however long the queue of each is. That takes a connection, so only some may: whoever finds no
 * place to wait asks again after a pause and holds no connection meanwhile.
 */
export class Writer {
  readonly #writes: WritePool;
  readonly #lock: number;
  readonly #waitMs: number;
  #queue: Promise<unknown> = Promise.resolve();

  /** `tenantId` 0 is for what stands outside every tenant. */
  constructor(writes: WritePool, tenantId: number, waitMs = usualWaitMs) {
    this.#writes = writes;
    this.#lock = tenantId;
    this.#waitMs = waitMs;
  }

  /**
   * Runs `work` in a transaction that holds the lock; what it throws rolls back and is thrown on. It may leave
   * statements on their way: the end of the transaction goes out right behind them.
   */
  transact<T>(work: Work<T>): Promise<T> {
    const turn = this.#queue.then(() => this.#patiently(work));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #patiently<T>(work: Work<T>): Promise<T> {
    const { result } = await untilFree(
      (waitUntil) => withClient(this.#writes.pool, (client) => this.#transact(client, work, waitUntil)),
      this.#waitMs,
    );
    return result;
  }

  /** Undefined where somebody else holds the lock. */
  async #transact<T>(
    client: pg.PoolClient,
    work: Work<T>,
    waitUntil: number,
  ): Promise<{ result: T } | undefined> {
    try {
      if (!(await this.#begin(client, waitUntil))) {
        await client.query('rollback');
        return undefined;
      }
      const { result, settle } = await work(client);
      const { command } = await client.query('commit');
      await settle?.();
      // After a refused statement, which `work` did not pass on, the server ends the transaction as it can.
      if (command !== 'COMMIT') throw new Error('a statement of this transaction failed; it was rolled back');
      return { result };
    } catch (error) {
      await rollBack(client);
      throw error;
    }
  }

  /** Begins a transaction with the lock; false where it was not to be had, which leaves one that has failed. */
  async #begin(client: pg.PoolClient, waitUntil: number): Promise<boolean> {
    using place = this.#writes.takePlace();
    const waitMs = place ? Math.max(notWaitingMs, Math.ceil(waitUntil - performance.now())) : notWaitingMs;
    try {
      // The lock first, in a statement of its own: what is read after it sees all that was written under it.
      await client.query(
        `begin; select set_config('muster.tenant_id', '${this.#lock}', true), set_config('lock_timeout', '${waitMs}', true);
         select pg_advisory_xact_lock(${lockSpace}, ${this.#lock}); set local lock_timeout to default`,
      );
      return true;
    } catch (error) {
      if (isOutOfTime(error)) return false;
      throw error;
    }
  }
}

/**
 * One consistent picture for several reads, on a connection that does not wait for answers: its beginning goes out with
 * the first reads, and nobody waits for its end.
 */
export async function readTransaction<T>(
  pool: pg.Pool,
  tenantId: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  withClient(pool, async (client) => {
    sendTogether(client);
    const begun = client.query(
      `begin isolation level repeatable read read only; select set_config('muster.tenant_id', '${tenantId}', true)`,
    );
    begun.catch(() => undefined);
    try {
      const result = await work(client);
      await begun;
      resolve(result);
    } finally {
      await begun.catch(() => undefined);
      await rollBack(client);
    }
  }).catch(reject);
  return promise;
}

/** Ends what is left of a transaction. A connection that cannot do even that is closed by who lent it. */
async function rollBack(client: pg.PoolClient): Promise<void> {
  try {
    if (client.getTransactionStatus() !== 'I') await client.query('rollback');
  } catch {
    // Nothing is lost: without a COMMIT nothing was kept.
  }
}
