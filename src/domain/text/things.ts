/** A number with its noun, as people say it: `1 row`, `0 rows`, `2 entries`. */
export function things(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
