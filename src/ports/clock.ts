/** The time, handed in so that rules and tests can hold it still. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}
