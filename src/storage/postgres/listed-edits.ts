/** Long enough for an edit to be followed by others, short enough for the list to stay small among many. */
const sortedAfterMs = 2_000;

/**
 * The trigram index keeps what edits have written in a list beside it, until that has some three thousand patrons or
 * somebody vacuums. Every search goes through the list from end to end: at its longest most of them take several times
 * as long. So it is sorted in a moment after an edit, for all that came meanwhile and beside those that follow.
 *
 * State: the timer that runs from the first edit on, and the sorting in that it began.
 */
export class ListedEdits implements AsyncDisposable {
  readonly #sortIn: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #sorting: Promise<void> = Promise.resolve();

  /** `sortIn` empties the list; where it fails, the next edit has it tried again. */
  constructor(sortIn: () => Promise<void>) {
    this.#sortIn = sortIn;
  }

  /** Says that an edit has been written. */
  written(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sorting = this.#sorting.then(() => this.#sortIn()).catch(() => undefined);
    }, sortedAfterMs).unref();
  }

  /** Begins nothing more and waits for what has begun. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sorting;
  }
}
