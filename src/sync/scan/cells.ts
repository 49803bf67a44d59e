import { unescapeInert } from '../../domain/text/csv.ts';

/**
 * The cells of one record: unquoted, trimmed (S8), with what we made inert taken back. Missing cells are
 * blank; blank cells beyond `columns` are dropped, others are kept (see `findExtraCell`).
 */
export function recordCells(text: string, delimiter: string, columns: number): string[] {
  const cells = text.includes('"') ? splitQuoted(text, delimiter) : text.split(delimiter);
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index]!;
    if (cell !== '' && !isClean(cell)) cells[index] = cleanCell(cell);
  }
  while (cells.length < columns) cells.push('');
  while (cells.length > columns && cells[cells.length - 1] === '') cells.pop();
  return cells;
}

/** One cell as it counts: trimmed (S8), and without the apostrophe that made it inert. */
export function cleanCell(cell: string): string {
  const trimmed = cell.trim();
  // What stood behind that apostrophe may be a tab.
  return trimmed.charCodeAt(0) === 0x27 ? unescapeInert(trimmed).trim() : trimmed;
}

/** Whether a cell surely counts as it stands: it begins and ends with a sign of ASCII that is no blank. */
function isClean(cell: string): boolean {
  const first = cell.charCodeAt(0);
  const last = cell.charCodeAt(cell.length - 1);
  return first > 0x20 && first < 0x7f && first !== 0x27 && last > 0x20 && last < 0x7f;
}

/** The first cell beyond the header that is not blank: such a row is too long to be trusted. */
export function findExtraCell(cells: readonly string[], columns: number): string | undefined {
  for (let index = columns; index < cells.length; index++) {
    if (cells[index] !== '') return cells[index];
  }
  return undefined;
}

/**
 * Splits text that contains quotes, by the same rules as the byte scanner: a quote opens a cell only at its
 * start (white space aside), two quotes inside are one, what follows the closing quote is appended, and a
 * quote elsewhere is text.
 */
function splitQuoted(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  for (let from = 0; from <= text.length;) {
    let at = from;
    while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at++;
    let content = '';
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1);
      at++;
      while (quote >= 0 && text[quote + 1] === '"') {
        content += text.slice(at, quote + 1);
        at = quote + 2;
        quote = text.indexOf('"', at);
      }
      const close = quote < 0 ? text.length : quote;
      content += text.slice(at, close);
      at = close + 1;
    } else {
      at = from;
    }
    const next = text.indexOf(delimiter, at);
    const end = next < 0 ? text.length : next;
    cells.push(content + text.slice(at, end));
    from = end + 1;
  }
  return cells;
}
