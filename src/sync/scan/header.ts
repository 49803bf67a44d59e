import { MusterError } from '../../domain/errors.ts';
import { recordCells } from './cells.ts';
import type { ScanLimits } from './limits.ts';
import { RecordScanner, scanBlocks } from './record-scanner.ts';

/** The first record that is not blank, and the delimiter it was written with. */
export interface FoundHeader {
  readonly delimiter: string;
  /** Trimmed cells as spelled, without blank ones at the end. */
  readonly cells: readonly string[];
}

const delimiters = [',', ';', '\t'];

/**
 * Reads the header and recognises the delimiter (S6): the one of `,` `;` tab that stands most often outside
 * quotes in it, comma when none is ahead. A file that is blank throughout has no header: no cells.
 */
export function readHeader(blocks: () => Iterable<Buffer>, limits: ScanLimits): FoundHeader {
  let best: FoundHeader = { delimiter: ',', cells: [] };
  let bestCount = -1;
  let refusal: MusterError | undefined;
  for (const delimiter of delimiters) {
    const line = firstRecord(blocks(), delimiter, limits);
    if (line === undefined) return { delimiter: ',', cells: [] };
    if (line instanceof MusterError) {
      refusal ??= line;
      continue;
    }
    const count = countOutsideQuotes(line, delimiter);
    if (count <= bestCount) continue;
    best = { delimiter, cells: recordCells(line, delimiter, 0) };
    bestCount = count;
  }
  // Only a delimiter that was found can overrule another's refusal: a header cut in a quote, or endless.
  if (refusal !== undefined && bestCount <= 0) throw refusal;
  return best;
}

/** The first record that is not blank, read with this delimiter; undefined if there is none. */
function firstRecord(
  blocks: Iterable<Buffer>,
  delimiter: string,
  limits: ScanLimits,
): string | MusterError | undefined {
  let line: string | undefined;
  try {
    scanBlocks(blocks, new RecordScanner(delimiter, limits), (record, bytes) => {
      line = bytes.toString('utf8', record.start, record.end);
      return true;
    });
  } catch (error) {
    if (error instanceof MusterError) return error;
    throw error;
  }
  return line;
}

/**
 * How often `delimiter` stands outside quotes, where a quote may open after any of the delimiters. One walk: a
 * pattern would try again from each blank of a cell of very many.
 */
function countOutsideQuotes(line: string, delimiter: string): number {
  let count = 0;
  let mayOpen = true;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (mayOpen && letter === '"') {
      const close = closingQuote(line, at);
      // One that is never closed is text.
      if (close > 0) at = close;
      mayOpen = false;
      continue;
    }
    if (letter === delimiter) count++;
    if (delimiters.includes(letter)) mayOpen = true;
    else if (letter !== ' ') mayOpen = false;
  }
  return count;
}

/** Where the quote that opens at `open` is closed, two quotes inside being one; -1 where it is not. */
function closingQuote(line: string, open: number): number {
  let at = line.indexOf('"', open + 1);
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at;
}
