import type { RowNote } from '../domain/outcome.ts';
import { csvRow } from '../domain/text/csv.ts';
import { foldKey } from '../domain/text/fold.ts';
import { nearestWord } from '../domain/text/nearest-word.ts';
import { columnLetters } from './scan/column-name.ts';
import { refuseFile } from './scan/limits.ts';

/** One column of a kind of file: the one source of its parser's header, template, documents and form. */
export interface ColumnSpec {
  readonly name: string;
  /** Other headers that mean this column. */
  readonly synonyms?: readonly string[];
  /** Headers that mean this column only where neither its name nor a synonym stands; first one first. */
  readonly fallbacks?: readonly string[];
  readonly required?: boolean;
  readonly about: string;
  readonly example: string;
}

/** A kind of file: its columns in the order of its template. */
export interface FileSpec {
  readonly kind: string;
  readonly columns: readonly ColumnSpec[];
  readonly unknownColumns: 'ignored' | 'refused';
}

/** Where the columns of a spec stand in one file. */
export interface HeaderMap {
  /** Name in the spec → index in the file; a column the file lacks is not in it. */
  readonly columns: ReadonlyMap<string, number>;
  /** I20: the columns that were ignored. */
  readonly notes: readonly RowNote[];
}

/**
 * Finds the columns of `spec` in a file's header: names trimmed and without regard to case (S8). Throws
 * `file-refused` for a column that stands twice (under whatever name), for a missing one that is required by
 * the spec or named in `alsoRequired`, and for an unknown one where the spec refuses those (W7). Blank cells
 * at the end of the header are no columns; a blank one before them is an unknown column.
 */
export function matchHeader(
  spec: FileSpec,
  header: readonly string[],
  alsoRequired: readonly string[] = [],
): HeaderMap {
  const found = findColumns(spec, header);
  const unknown: number[] = [];
  const used = new Set(found.values());
  const width = header.findLastIndex((cell) => cell.trim() !== '') + 1;
  for (let index = 0; index < width; index++) {
    if (!used.has(index)) unknown.push(index);
  }
  // Missing before unknown: a header with a slip in it is both, and the missing one can say what was meant.
  for (const column of spec.columns) {
    const required = column.required === true || alsoRequired.includes(column.name);
    if (required && !found.has(column.name)) refuseMissing(spec, header, unknown, column);
  }
  if (spec.unknownColumns === 'refused' && unknown.length > 0) refuseUnknown(spec, header, unknown);

  const columns = new Map<string, number>();
  for (const [column, index] of found) columns.set(column, index);
  // I20: named as spelled, a nameless one by its letters.
  const notes = unknown.map((index): RowNote => ({ code: 'column-ignored', column: spelled(header, index) }));
  return { columns, notes };
}

/** The first line of a file of this kind, for people to fill in (W21); columns that are not wanted are left out. */
export function templateCsv(spec: FileSpec, without: readonly string[] = []): string {
  return csvRow(spec.columns.map(({ name }) => name).filter((name) => !without.includes(name)));
}

function findColumns(spec: FileSpec, header: readonly string[]): Map<string, number> {
  const folded = header.map(foldKey);
  const found = new Map<string, number>();
  for (const column of spec.columns) {
    const names = new Set([column.name, ...(column.synonyms ?? [])].map(foldKey));
    const places = [...folded.keys()].filter((index) => names.has(folded[index]!));
    for (const fallback of column.fallbacks ?? []) {
      if (places.length > 0) break;
      const name = foldKey(fallback);
      places.push(...[...folded.keys()].filter((index) => folded[index] === name));
    }
    const [first, second] = places;
    if (second !== undefined) refuseRepeated(header, column, first!, second);
    if (first !== undefined) found.set(column.name, first);
  }
  return found;
}

function refuseRepeated(header: readonly string[], column: ColumnSpec, first: number, second: number): never {
  // S8
  const [one, other] = [first, second].map(
    (index) => `“${header[index]!.trim()}” (column ${columnLetters(index)})`,
  );
  refuseFile(
    `The header has the column “${column.name}” twice: ${one} and ${other}. Remove or rename one of them and send the file again.`,
    { column: column.name, columns: [columnLetters(first), columnLetters(second)] },
  );
}

function refuseMissing(
  spec: FileSpec,
  header: readonly string[],
  unknown: readonly number[],
  column: ColumnSpec,
): never {
  // S8
  const names = unknown.map((index) => header[index]!.trim());
  const meant = nearestWord(column.name, names);
  refuseFile(
    `The header lacks the column “${column.name}”.${meant === undefined ? '' : ` Is it the one called “${meant}”?`} ${expectedColumns(spec)}`,
    { column: column.name, expected: spec.columns.map((each) => each.name) },
  );
}

function refuseUnknown(spec: FileSpec, header: readonly string[], unknown: readonly number[]): never {
  // W7
  const names = unknown.map((index) => spelled(header, index));
  const meant = nearestWord(
    header[unknown[0]!]!,
    spec.columns.map((column) => column.name),
  );
  refuseFile(
    `The header has ${names.length === 1 ? 'a column that is' : 'columns that are'} not known here: ${names.map((name) => `“${name}”`).join(', ')}.${meant === undefined ? '' : ` Did you mean “${meant}”?`} ${expectedColumns(spec)}`,
    { columns: names, expected: spec.columns.map((each) => each.name) },
  );
}

function expectedColumns(spec: FileSpec): string {
  return `Columns expected: ${spec.columns.map((column) => column.name).join(', ')}.`;
}

function spelled(header: readonly string[], index: number): string {
  return header[index]!.trim() || `column ${columnLetters(index)}`;
}
