import { MusterError } from '../errors.ts';
import type { RowNote } from '../outcome.ts';
import { patronColumns } from './patron-columns.ts';
import type { PatronColumn } from './patron-columns.ts';
import type { KeyField } from './patron.ts';

export interface PatronHeader {
  /** Where each column that the file has stands, from 0. */
  readonly columns: ReadonlyMap<PatronColumn, number>;
  /** `column-ignored`, in file order; `suggestion` names the header that was read in its place, if any. */
  readonly notes: readonly RowNote[];
}

/** Header name as matched → its column and rank: 0 for the column's own name, then synonyms in order. */
const known = new Map<string, { column: PatronColumn; rank: number }>();
for (const { name, synonyms = [] } of patronColumns) {
  for (const [rank, header] of [name, ...synonyms].entries()) known.set(header, { column: name, rank });
}

/**
 * Reads the header of a patrons file (S8, M2). Two headers that mean one column do not refuse the file,
 * since exports of school systems have both: the more specific is read and the other reported as ignored.
 * `MusterError('file-refused')` for a header that stands twice and when the key column is missing.
 */
export function resolvePatronHeader(header: readonly string[], keyField: KeyField): PatronHeader {
  refuseRepeated(header);
  const columns = bestColumns(header);
  if (!columns.has(keyField)) {
    const synonyms = patronColumns.find((spec) => spec.name === keyField)?.synonyms ?? [];
    const accepted = synonyms.length === 0 ? '' : ` (${synonyms.join(' and ')} would be read as it)`;
    // S8: a required header that is missing is named; here the required one is the key.
    throw new MusterError(
      'file-refused',
      `The column ${keyField}, by which patrons are recognised, is missing${accepted}. Name it in row 1.`,
      { column: keyField },
    );
  }
  return { columns, notes: ignoredNotes(header, columns) };
}

/** S8: header names are matched trimmed and without regard to case. */
function matched(header: string): string {
  return header.trim().toLowerCase();
}

function refuseRepeated(header: readonly string[]): void {
  const seen = new Set<string>();
  for (const cell of header) {
    const name = matched(cell);
    if (name !== '' && seen.has(name)) {
      throw new MusterError(
        'file-refused',
        `The column ${cell.trim()} stands twice in the header, so it is unknown which of them counts.`,
        { column: cell.trim() },
      );
    }
    seen.add(name);
  }
}

// M2: of several headers for one column the one of lowest rank is read; so `preferredname` counts only
// where there is neither firstname nor givenname.
function bestColumns(header: readonly string[]): Map<PatronColumn, number> {
  const best = new Map<PatronColumn, { index: number; rank: number }>();
  for (const [index, cell] of header.entries()) {
    const found = known.get(matched(cell));
    if (found === undefined) continue;
    const rival = best.get(found.column);
    if (rival === undefined || found.rank < rival.rank) best.set(found.column, { index, rank: found.rank });
  }
  return new Map(Array.from(best, ([column, { index }]) => [column, index]));
}

// M2: what is not read is named. Blank headers at the end are what spreadsheets leave and mean nothing.
function ignoredNotes(header: readonly string[], columns: ReadonlyMap<PatronColumn, number>): RowNote[] {
  const lastNamed = header.findLastIndex((cell) => cell.trim() !== '');
  const notes: RowNote[] = [];
  for (const [index, cell] of header.slice(0, lastNamed + 1).entries()) {
    const column = known.get(matched(cell))?.column;
    const read = column === undefined ? undefined : columns.get(column);
    if (read === index) continue;
    const name = cell.trim() === '' ? `(blank, column ${index + 1})` : cell.trim();
    const winner = read === undefined ? undefined : header[read]?.trim();
    notes.push({
      code: 'column-ignored',
      column: name,
      ...(winner === undefined ? {} : { suggestion: winner }),
    });
  }
  return notes;
}
