/** How long requests of one kind took, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The figures of at least one measurement; a percentile is the least value that so many are not above. */
export function latencyOf(valuesMs: readonly number[]): Latency {
  const sorted = Float64Array.from(valuesMs).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1)! };
}
