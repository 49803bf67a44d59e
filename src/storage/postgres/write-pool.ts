import type pg from 'pg';

/**
 * The connections on which writes go, and the places of those that wait on one for the lock of their tenant.
 *
 * State: how many places are free.
 */
export class WritePool {
  readonly pool: pg.Pool;
  #places: number;

  /** Half of the connections stay free for those that need not wait. */
  constructor(pool: pg.Pool, connections: number) {
    this.pool = pool;
    this.#places = Math.floor(connections / 2);
  }

  /** A place to wait at until it is disposed, where one is free. */
  takePlace(): Disposable | undefined {
    if (this.#places === 0) return undefined;
    this.#places--;
    return { [Symbol.dispose]: () => void this.#places++ };
  }
}
