/** Writes on their way at once; more would only pile up in memory. */
const onTheWayMax = 8;

/**
 * What one connection is to do in one transaction. It is sent at once and answered in order, so the server has the next
 * thing to do while an answer is on its way. After something failed, everything fails with the same error: the server
 * has given up the transaction, and what was refused first is the reason.
 */
export class Line {
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  readonly #onTheWay: Promise<unknown>[] = [];
  #isClosed = false;

  /** Does `work`, which sends what it has to send before it waits for anything, and gives its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const turn = this.#do(work, before);
    this.#last = turn.then(
      () => before,
      () => before,
    );
    return turn;
  }

  /**
   * Does `work` and does not wait for it. Where much is on its way already it waits for the oldest of that: the server
   * is left with something to do, and it is in such moments that its answers are read. A later call tells of a failure.
   */
  async send(work: () => Promise<unknown>): Promise<void> {
    this.#refuse();
    this.#onTheWay.push(this.run(work).catch(() => undefined));
    if (this.#onTheWay.length > onTheWayMax) await this.#onTheWay.shift();
  }

  /** Waits for all that was sent; throws where anything of it failed. */
  async settle(): Promise<void> {
    await this.#last;
    if (this.#failure) throw this.#failure.error;
  }

  /** Refuses whatever comes later: nothing may follow the end of its transaction. */
  close(): void {
    this.#isClosed = true;
  }

  /** The same, and waits for what is being done. */
  async end(): Promise<void> {
    this.close();
    await this.#last;
  }

  async #do<T>(work: () => Promise<T>, before: Promise<unknown>): Promise<T> {
    this.#refuse();
    try {
      return await work();
    } catch (error) {
      // What came before it has been answered, but whoever sent that may yet have to hear of it.
      await before;
      this.#failure ??= { error };
      throw this.#failure.error;
    }
  }

  #refuse(): void {
    if (this.#failure) throw this.#failure.error;
    if (this.#isClosed) throw new Error('the transaction has ended');
  }
}
