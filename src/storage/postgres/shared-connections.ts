import type pg from 'pg';
import { storageError } from './errors.ts';
import { isHeld, sendTogether } from './picture.ts';

/** So many wait for answers of a connection before another one is opened. */
const crowdedFrom = 4;

interface Shared {
  readonly client: pg.PoolClient;
  users: number;
  isBroken: boolean;
}

/**
 * Connections that several statements use at once, for what is answered in no time: a connection answers in order, so
 * whoever is slow holds up who comes after. What is sent meanwhile goes out as one piece, which under load costs less
 * than the statements themselves. Each statement is a transaction of its own.
 *
 * State: the connections that are in use. One that nobody uses is the pool's again.
 */
export class SharedConnections {
  readonly #pool: pg.Pool;
  readonly #max: number;
  readonly #inUse: Shared[] = [];
  #opening: Promise<void> | undefined;

  /** `pool` must not wait for answers (`pipeline`) and give out `max` connections. */
  constructor(pool: pg.Pool, max: number) {
    this.#pool = pool;
    this.#max = max;
  }

  /** Runs one statement; where it fails its connection is given to nobody any more and closed. */
  async run<T>(statement: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    try {
      return await this.#runOn(await this.#lend(), statement);
    } catch (error) {
      throw storageError(error);
    }
  }

  async #runOn<T>(shared: Shared, statement: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    try {
      sendTogether(shared.client);
      return await statement(shared.client);
    } catch (error) {
      shared.isBroken = true;
      this.#withdraw(shared);
      throw error;
    } finally {
      shared.users--;
      if (shared.users === 0) {
        this.#withdraw(shared);
        shared.client.release(shared.isBroken);
      }
    }
  }

  /**
   * The connection on which something is about to go out, else that which fewest use, or one more; whoever gets it is
   * counted as its user.
   */
  async #lend(): Promise<Shared> {
    for (;;) {
      const least = this.#inUse.find(({ client }) => isHeld(client)) ?? this.#least();
      const mayOpen = this.#inUse.length < this.#max && this.#opening === undefined;
      if (least !== undefined && (least.users < crowdedFrom || !mayOpen)) {
        least.users++;
        return least;
      }
      this.#opening ??= this.#openOne();
      await this.#opening;
    }
  }

  #least(): Shared | undefined {
    let least = this.#inUse[0];
    for (const shared of this.#inUse) if (shared.users < least!.users) least = shared;
    return least;
  }

  async #openOne(): Promise<void> {
    try {
      this.#inUse.push({ client: await this.#pool.connect(), users: 0, isBroken: false });
    } finally {
      this.#opening = undefined;
    }
  }

  #withdraw(shared: Shared): void {
    const index = this.#inUse.indexOf(shared);
    if (index >= 0) this.#inUse.splice(index, 1);
  }
}
