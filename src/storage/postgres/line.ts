/** Writes on their way at once; more would only pile up in memory. */
const onTheWayMax = 8;

/**
 * What one connection is to do in one transaction, one thing after the other. After something failed, everything
 * fails with the same error: the server has given up the transaction, and what was refused first is the reason.
 */
export class Line {
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #onTheWay = 0;

  /** Does `work` in its turn and gives its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#failure) throw this.#failure.error;
      try {
        return await work();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Does `work` in its turn and does not wait for it, unless very much is waiting. A later call tells of a failure. */
  async send(work: () => Promise<unknown>): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    this.#onTheWay++;
    const turn = this.run(work)
      .catch(() => undefined)
      .finally(() => this.#onTheWay--);
    if (this.#onTheWay >= onTheWayMax) await turn;
  }

  /** Waits for what is being done and refuses the rest: nothing may follow the end of its transaction. */
  async end(): Promise<void> {
    this.#failure ??= { error: new Error('the transaction has ended') };
    await this.#last;
  }
}
