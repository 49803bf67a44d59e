import { csvLineEnd } from '../../domain/text/csv.ts';

/**
 * Text for a terminal: what files and people wrote could hold control characters that move the cursor or
 * change colours; they are shown as what they are.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/** Prints a line on standard output. */
export function say(line: string): void {
  console.log(printable(line));
}

/** Prints what `--json` asks for. */
export function printJson(value: unknown): void {
  console.log(printableJson(value));
}

/**
 * JSON for a terminal. JSON itself escapes only the oldest control characters; others, which can begin a command
 * to a terminal as well, stand in texts alone, where an escape means the same.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(printable).join('\n');
}

/** Writes a piece of a CSV: as it is into a file or a pipe, harmless on a terminal. */
export function writeCsv(
  text: string,
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout,
): void {
  out.write(out.isTTY ? text.split(csvLineEnd).map(printable).join('\n') : text);
}

/** Prints rows under headings, each column as wide as it needs. */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const texts = [headings, ...rows].map((row) => row.map((cell) => printable(String(cell))));
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => widthOf(row[column] ?? ''))));
  for (const row of texts) {
    const cells = row.map((cell, column) => cell + ' '.repeat(widths[column]! - widthOf(cell)));
    console.log(cells.join('  ').trimEnd());
  }
}

/** Letters as people count them; wide scripts may still stand out a little. */
function widthOf(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}

/** An instant as people of the tenant read it. */
export function localTime(at: number, zone: string): string {
  const text = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' });
  return text.replace('T', ' ');
}
