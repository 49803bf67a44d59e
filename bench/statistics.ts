/** The middle of some measurements, with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value; between the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median, least and greatest of at least one measurement. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** `1.24 (1.20 to 1.31)`. */
export function formatSpread({ median: middle, min, max }: Spread, digits: number, unit = ''): string {
  return `${middle.toFixed(digits)}${unit} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
