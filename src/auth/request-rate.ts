import type { Clock } from '../ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import { networkOf } from './network-of.ts';
import { TokenBucket, type Allowance } from './token-bucket.ts';

/** A nightly run of 50,000 calls at once, or 200 a second all day, meets no limit; a script that runs wild does. */
export const perClient: Allowance = { attempts: 50_000, refillMs: 5 };
/** Several clients may stand behind one router. */
export const perAddress: Allowance = { attempts: 100_000, refillMs: 2.5 };

/** How many calls an API client, and an address, may make: counted in memory, by each process for itself. */
export class RequestRate {
  readonly #clock: Clock;
  readonly #clients = new BoundedMap<number, TokenBucket>(5_000);
  readonly #addresses = new BoundedMap<string, TokenBucket>(20_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call of an address; gives 0, or in how many seconds the next one is let through. */
  takeAddress(address: string): number {
    return this.#take(this.#addresses, networkOf(address), perAddress);
  }

  /** The same for an API client, by its id. */
  takeClient(id: number): number {
    return this.#take(this.#clients, id, perClient);
  }

  #take<Key>(buckets: BoundedMap<Key, TokenBucket>, key: Key, allowance: Allowance): number {
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(allowance);
      buckets.set(key, bucket);
    }
    const now = this.#clock.now();
    if (bucket.take(now)) return 0;
    return Math.max(1, Math.ceil(bucket.waitMs(now) / 1000));
  }
}
