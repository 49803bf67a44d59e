import type { Clock } from '../ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import { TokenBucket, type Allowance } from './token-bucket.ts';

/** A person who mistypes never meets it; a guesser gets ten tries a minute. */
const perAddress: Allowance = { attempts: 10, refillMs: 6_000 };
/** Looser: somebody at this address is known to have the right password. */
const perKnownPair: Allowance = { attempts: 20, refillMs: 3_000 };

/** An attempt that was let through. Its cost is given back when it did not fail. */
export interface Attempt {
  refund(): void;
}

/**
 * How many failed sign-ins an address may make: token buckets, in memory, by the address and never by the
 * account alone, so that an outsider cannot lock an account out for those who sign in from elsewhere. A
 * pair of account and address that has signed in before has a bucket of its own: a guesser behind the
 * same router as the nightly script spends the address's bucket and not the script's.
 * An attempt is charged when it begins, so that a burst of parallel guesses gets no more than its share.
 */
export class FailureThrottle {
  readonly #clock: Clock;
  readonly #addresses = new BoundedMap<string, TokenBucket>(20_000);
  readonly #knownPairs = new BoundedMap<string, TokenBucket>(5_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether an attempt would be let through now; charges nothing. */
  isOpen(address: string, account: string | undefined): boolean {
    return this.#bucket(address, account).level(this.#clock.now()) >= 1;
  }

  /** Charges one attempt; undefined when there is nothing left to charge it to. */
  begin(address: string, account: string | undefined): Attempt | undefined {
    const bucket = this.#bucket(address, account);
    return bucket.take(this.#clock.now()) ? { refund: () => bucket.giveBack() } : undefined;
  }

  /** Whether the account has signed in from the address before. */
  knows(address: string, account: string): boolean {
    return this.#knownPairs.get(pairOf(address, account)) !== undefined;
  }

  /** Remembers that the account has signed in from the address. */
  succeeded(address: string, account: string): void {
    const pair = pairOf(address, account);
    if (this.#knownPairs.get(pair) === undefined) this.#knownPairs.set(pair, new TokenBucket(perKnownPair));
  }

  #bucket(address: string, account: string | undefined): TokenBucket {
    const known = account === undefined ? undefined : this.#knownPairs.get(pairOf(address, account));
    if (known !== undefined) return known;
    const found = this.#addresses.get(address);
    if (found !== undefined) return found;
    const fresh = new TokenBucket(perAddress);
    this.#addresses.set(address, fresh);
    return fresh;
  }
}

function pairOf(address: string, account: string): string {
  return `${account} ${address}`;
}
