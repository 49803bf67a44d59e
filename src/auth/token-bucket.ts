/** How many things may happen at once, and how soon one more is allowed. */
export interface Allowance {
  readonly attempts: number;
  readonly refillMs: number;
}

/** What is left of an allowance, which fills up again with time. */
export class TokenBucket {
  readonly #allowance: Allowance;
  #level: number;
  #at: number | undefined;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
    this.#level = allowance.attempts;
  }

  level(now: number): number {
    // A clock that was set back refills nothing.
    const elapsedMs = Math.max(0, now - (this.#at ?? now));
    this.#at = now;
    this.#level = Math.min(this.#allowance.attempts, this.#level + elapsedMs / this.#allowance.refillMs);
    return this.#level;
  }

  take(now: number): boolean {
    if (this.level(now) < 1) return false;
    this.#level -= 1;
    return true;
  }

  /** How long until one more may be taken; 0 where it may be now. */
  waitMs(now: number): number {
    return Math.max(0, 1 - this.level(now)) * this.#allowance.refillMs;
  }

  giveBack(): void {
    this.#level = Math.min(this.#allowance.attempts, this.#level + 1);
  }
}
