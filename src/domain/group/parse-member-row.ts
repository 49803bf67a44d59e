import { remembered } from '../contact/remembered.ts';
import type { RowNote } from '../outcome.ts';
import { RowCells, type DeclaredDates } from './row-cells.ts';
import type { MemberColumn } from './member-columns.ts';

/** A row of a members file. A file has a million of them, so it is one small object. */
export interface MemberRow extends DeclaredDates {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  /** The section's identifier as it stands. */
  readonly section: string;
  /** Person-ID as it stands; '' where it is blank. */
  readonly member: string;
  /** The patron that has it; 0 until it is looked up, and where nobody has it. */
  patronId: number;
  /** Why the row fails; undefined where nothing it shows by itself is wrong. */
  readonly faults: readonly RowNote[] | undefined;
}

/**
 * Gives the function that reads the rows of one members file, from the places of its columns and its header. Whom and
 * which section it names is not looked up here.
 */
export function memberRowParser(
  columns: ReadonlyMap<string, number>,
  header: readonly string[],
): (cells: readonly string[], row: number) => MemberRow {
  const at = new RowCells<MemberColumn>(columns, header);
  const [sectionAt, memberAt] = [
    columns.get('section-unique-identifier')!,
    columns.get('member-unique-identifier')!,
  ];
  const start = dateReader(at, columns, 'start-date');
  const end = dateReader(at, columns, 'end-date');
  const [sectionBlank, memberBlank] = (
    ['section-unique-identifier', 'member-unique-identifier'] as const
  ).map((column): RowNote => ({ code: 'cell-blank', column: at.nameOf(column) }));
  return (cells, row) => {
    const section = (cells[sectionAt] ?? '').trim();
    const member = (cells[memberAt] ?? '').trim();
    const startDate = start(cells);
    const endDate = end(cells);
    const good = section !== '' && member !== '' && startDate.fault === undefined;
    if (good && endDate.fault === undefined) {
      return {
        row,
        section,
        member,
        patronId: 0,
        startDate: startDate.day,
        endDate: endDate.day,
        faults: undefined,
      };
    }
    const faults: RowNote[] = [];
    if (section === '') faults.push(sectionBlank!);
    if (member === '') faults.push(memberBlank!);
    for (const { fault } of [startDate, endDate]) if (fault !== undefined) faults.push(fault);
    return { row, section, member, patronId: 0, startDate: undefined, endDate: undefined, faults };
  };
}

interface ReadDate {
  readonly day: DeclaredDates['startDate'];
  readonly fault: RowNote | undefined;
}

/** A column of dates holds few different texts, so what each says is remembered. */
function dateReader(
  at: RowCells<MemberColumn>,
  columns: ReadonlyMap<string, number>,
  column: 'start-date' | 'end-date',
): (cells: readonly string[]) => ReadDate {
  const place = columns.get(column);
  const missing: ReadDate = { day: undefined, fault: undefined };
  if (place === undefined) return () => missing;
  const alone = new RowCells<MemberColumn>(new Map([[column, 0]]), [at.nameOf(column)]);
  const read = remembered((cell: string): ReadDate => {
    const faults: RowNote[] = [];
    return { day: alone.date([cell], column, faults), fault: faults[0] };
  });
  return (cells) => read(cells[place] ?? '');
}
