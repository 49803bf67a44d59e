import type { Day, Term } from '../access/term.ts';
import type { RowNote } from '../outcome.ts';
import { parseUsDate } from '../text/us-date.ts';

/** What a row says of dates: undefined leaves one alone, null clears it (W6). */
export interface DeclaredDates {
  readonly startDate: Day | null | undefined;
  readonly endDate: Day | null | undefined;
}

/** The cells of the rows of one file by the names of their columns. */
export class RowCells<Column extends string> {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #header: readonly string[];

  /** `columns` tells where each column stands, missing ones left out. */
  constructor(columns: ReadonlyMap<string, number>, header: readonly string[]) {
    this.#columns = columns;
    this.#header = header;
  }

  /** The column as the header spells it, for notes. */
  nameOf(column: Column): string {
    return this.#header[this.#columns.get(column) ?? -1]?.trim() || column;
  }

  /**
   * W6: the trimmed cell, '' where it is blank or the row is too short for it; undefined where the file lacks the
   * column, which leaves the field alone.
   */
  text(cells: readonly string[], column: Column): string | undefined {
    const at = this.#columns.get(column);
    return at === undefined ? undefined : (cells[at] ?? '').trim();
  }

  /** The text of a cell that must not be blank; '' with a note in `faults` where it is. */
  required(cells: readonly string[], column: Column, faults: RowNote[]): string {
    const text = this.text(cells, column) ?? '';
    if (text === '') faults.push({ code: 'cell-blank', column: this.nameOf(column) });
    return text;
  }

  /** W5, W6: a date; null where the cell is blank, undefined where the file lacks the column or the cell is none. */
  date(cells: readonly string[], column: Column, faults: RowNote[]): Day | null | undefined {
    const text = this.text(cells, column);
    if (text === undefined || text === '') return text === '' ? null : undefined;
    const day = parseUsDate(text);
    if (day === undefined) faults.push({ code: 'date-invalid', column: this.nameOf(column), value: text });
    return day;
  }
}

/** The dates after a row was read over what is stored (W6); what was never said is open. */
export function mergedDates(
  stored: Pick<Term, 'startDate' | 'endDate'> | undefined,
  { startDate, endDate }: DeclaredDates,
): Pick<Term, 'startDate' | 'endDate'> {
  return {
    startDate: startDate === undefined ? (stored?.startDate ?? null) : startDate,
    endDate: endDate === undefined ? (stored?.endDate ?? null) : endDate,
  };
}

/** W5: an end on or before the start is taken over, with a warning. */
export function endsBeforeStart(startDate: Day | null, endDate: Day | null): boolean {
  return startDate !== null && endDate !== null && endDate <= startDate;
}
