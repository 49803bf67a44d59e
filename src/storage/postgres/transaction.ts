import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { MusterError } from '../../domain/errors.ts';
import { sendTogether } from './picture.ts';
import { withClient } from './pools.ts';

/** How long a write waits for others before it gives up with "busy", where nothing else is said. */
const usualWaitMs = 60_000;

/** The first half of the advisory locks that are Muster's; the second is a tenant's id, or 0 for what is outside. */
export const lockSpace = 0x4d555354;

/**
 * One writer at a time for a tenant, whichever process it is of: an advisory lock that ends with the transaction.
 * It is asked for without waiting, so that who waits holds no connection; writers of this process queue first.
 */
export class Writer {
  readonly #pool: pg.Pool;
  readonly #lock: number;
  readonly #begin: string;
  readonly #waitMs: number;
  #queue: Promise<unknown> = Promise.resolve();

  /** `tenantId` 0 is for what stands outside every tenant. */
  constructor(pool: pg.Pool, tenantId: number, waitMs = usualWaitMs) {
    this.#pool = pool;
    this.#lock = tenantId;
    this.#waitMs = waitMs;
    this.#begin = `begin; select set_config('muster.tenant_id', '${tenantId}', true)`;
  }

  /** Runs `work` in a transaction that holds the lock; what it throws rolls back and is thrown on. */
  transact<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => this.#patiently(work));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #patiently<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const waitUntil = performance.now() + this.#waitMs;
    for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      const done = await withClient(this.#pool, (client) => this.#transact(client, work));
      if (done) return done.result;
      if (performance.now() > waitUntil) {
        throw new MusterError(
          'busy',
          'Another write of this tenant did not end in time. Try again in a minute.',
        );
      }
      await delay(pauseMs);
    }
  }

  /** Undefined where somebody else holds the lock. */
  async #transact<T>(
    client: pg.PoolClient,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<{ result: T } | undefined> {
    try {
      // The lock first, in a statement of its own: what is read after it sees all that was written under it.
      const answers = (await client.query(
        `${this.#begin}; select pg_try_advisory_xact_lock(${lockSpace}, ${this.#lock}) as held`,
      )) as unknown as pg.QueryResult<{ held: boolean }>[];
      if (answers.at(-1)?.rows[0]?.held !== true) {
        await client.query('rollback');
        return undefined;
      }
      const result = await work(client);
      const { command } = await client.query('commit');
      // After a refused statement, which `work` did not pass on, the server ends the transaction as it can.
      if (command !== 'COMMIT') throw new Error('a statement of this transaction failed; it was rolled back');
      return { result };
    } catch (error) {
      await rollBack(client);
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
