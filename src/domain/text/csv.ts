/** Line end of every CSV we write. */
export const csvLineEnd = '\r\n';

// A spreadsheet takes a cell that begins so for a formula. An apostrophe in front keeps it text. Leading
// apostrophes are counted in, so that escaping can always be taken back exactly.
const wouldRun = /^'*[=+\-@\t\r]/;
const wasMadeInert = /^''*[=+\-@\t\r]/;

/**
 * One record of a CSV we write, line end included. Cells are quoted where needed (`;` and tab too, which
 * spreadsheets of some countries split at), and a cell that a spreadsheet would run is made inert.
 */
export function csvRow(cells: readonly string[]): string {
  // A lone blank cell is quoted: a bare line break would be a blank line, not a record.
  const line = cells.length === 1 && cells[0] === '' ? '""' : cells.map(csvCell).join(',');
  return line + csvLineEnd;
}

function csvCell(cell: string): string {
  const inert = escapeInert(cell);
  return /[",;\t\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Puts an apostrophe before text that a spreadsheet would take for a formula. */
export function escapeInert(cell: string): string {
  return wouldRun.test(cell) ? `'${cell}` : cell;
}

/**
 * Takes back `escapeInert`, exactly: `unescapeInert(escapeInert(x)) === x` for every x. Reading applies it to
 * each cell, so that a file we wrote (the failed rows) can be corrected and sent again.
 */
export function unescapeInert(cell: string): string {
  return cell.startsWith("'") && wasMadeInert.test(cell) ? cell.slice(1) : cell;
}
