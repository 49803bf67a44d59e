import type { RowNote, RowResult } from '../outcome.ts';
import { nearestWord } from '../text/nearest-word.ts';
import type { ContactPerson, Described } from './group.ts';
import type { DescribedColumn } from './described-columns.ts';
import { RowCells, type DeclaredDates } from './row-cells.ts';

export const statusWords = ['ACTIVE', 'INACTIVE'] as const;
type StatusWord = (typeof statusWords)[number];

type TextField = 'description' | 'note' | Exclude<keyof ContactPerson, 'contactPatronId'>;

/** A row of a file of groups or sections that can be applied. Undefined leaves a field alone (W6). */
export interface DeclaredDescribed extends DeclaredDates {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  readonly uniqueIdentifier: string;
  readonly name: string;
  /** Of a group its organization's name, of a section its group's identifier. */
  readonly parent: string;
  readonly texts: Readonly<Partial<Pick<Described, TextField>>>;
  readonly status: StatusWord | undefined;
  /** Person-ID; '' clears it. */
  readonly contactPerson: string | undefined;
}

/** A declared thing, or the verdict on a row that failed: then it has an `outcome`. */
export type DescribedRow = DeclaredDescribed | RowResult;

const textColumns: readonly (readonly [TextField, DescribedColumn])[] = [
  ['description', 'description'],
  ['note', 'note'],
  ['contactRole', 'role'],
  ['telephone', 'telephone'],
  ['email', 'email'],
  ['url', 'url'],
  ['contactNote', 'contact-note'],
];

/** The column that says where a thing belongs. */
export type ParentColumn = 'organization' | 'group-unique-identifier';

/**
 * Gives the function that reads the rows of a file of groups or sections, whose column `parent` says where each
 * belongs. All faults that a row shows by itself are noted; what it refers to is not looked at here.
 */
export function describedRowParser(
  columns: ReadonlyMap<string, number>,
  header: readonly string[],
  parent: ParentColumn,
): (cells: readonly string[], row: number) => DescribedRow {
  const at = new RowCells<DescribedColumn | ParentColumn | 'unique-identifier' | 'name'>(columns, header);
  return (cells, row) => {
    const faults: RowNote[] = [];
    const texts: { -readonly [F in TextField]?: string } = {};
    for (const [field, column] of textColumns) {
      const text = at.text(cells, column);
      if (text !== undefined) texts[field] = text;
    }
    const declared: DeclaredDescribed = {
      row,
      uniqueIdentifier: at.required(cells, 'unique-identifier', faults),
      name: at.required(cells, 'name', faults),
      parent: at.required(cells, parent, faults),
      texts,
      status: readStatus(at, cells, faults),
      startDate: at.date(cells, 'start-date', faults),
      endDate: at.date(cells, 'end-date', faults),
      contactPerson: at.text(cells, 'contact-unique-identifier'),
    };
    return faults.length === 0 ? declared : { row, outcome: 'failed', notes: faults };
  };
}

// W4: a blank status leaves the flag alone, and so does a missing column.
function readStatus(
  at: RowCells<DescribedColumn>,
  cells: readonly string[],
  faults: RowNote[],
): StatusWord | undefined {
  const text = at.text(cells, 'status');
  if (text === undefined || text === '') return undefined;
  const word = statusWords.find((status) => status === text.toUpperCase());
  if (word !== undefined) return word;
  const suggestion = nearestWord(text.toUpperCase(), statusWords);
  const note = { code: 'status-invalid', column: at.nameOf('status'), value: text } as const;
  faults.push(suggestion === undefined ? note : { ...note, suggestion });
  return undefined;
}
