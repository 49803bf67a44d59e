import type { RowNote, RowResult } from '../outcome.ts';
import { RowCells, type DeclaredDates } from '../group/row-cells.ts';
import { entryColumns, type EntryColumn, type SetColumn } from './set-columns.ts';

/** A row of an authorization sets file that can be applied. Undefined leaves a field alone (W6). */
export interface DeclaredSet extends DeclaredDates {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  readonly uniqueIdentifier: string;
  readonly name: string;
  /** Name of the organization that owns it. */
  readonly organization: string;
  /** W14: the group whose primary set it becomes; undefined: no group is named. */
  readonly group: string | undefined;
  readonly description: string | undefined;
  /** W15: what is to be added, each text once. */
  readonly entries: Readonly<Record<EntryColumn, readonly string[]>>;
}

/** A declared set, or the verdict on a row that failed: then it has an `outcome`. */
export type SetRow = DeclaredSet | RowResult;

/** Gives the function that reads the rows of one authorization sets file. */
export function setRowParser(
  columns: ReadonlyMap<string, number>,
  header: readonly string[],
): (cells: readonly string[], row: number) => SetRow {
  const at = new RowCells<SetColumn>(columns, header);
  return (cells, row) => {
    const faults: RowNote[] = [];
    const entries = {} as Record<EntryColumn, readonly string[]>;
    for (const column of entryColumns) entries[column] = splitEntries(at.text(cells, column) ?? '');
    const declared: DeclaredSet = {
      row,
      uniqueIdentifier: at.required(cells, 'unique-identifier', faults),
      name: at.required(cells, 'name', faults),
      organization: at.required(cells, 'organization', faults),
      group: at.text(cells, 'group-unique-identifier') || undefined,
      description: at.text(cells, 'description'),
      startDate: at.date(cells, 'start-date', faults),
      endDate: at.date(cells, 'end-date', faults),
      entries,
    };
    return faults.length === 0 ? declared : { row, outcome: 'failed', notes: faults };
  };
}

/** W15: the entries of a cell, split on `|` and trimmed; blank ones and repetitions are dropped. */
export function splitEntries(cell: string): string[] {
  const entries = new Set<string>();
  for (const part of cell.split('|')) {
    const entry = part.trim();
    if (entry !== '') entries.add(entry);
  }
  return [...entries];
}
