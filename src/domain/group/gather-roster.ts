import type { RowNote, RowResult } from '../outcome.ts';
import type { MemberRow } from './parse-member-row.ts';
import type { DeclaredMember, RosterDeclaration, RosterRow } from './replace-roster.ts';

/** What the rows of one section come to before anything stored is looked at. */
export type GatheredRoster = Pick<RosterDeclaration, 'declared' | 'failedRows' | 'inDoubt' | 'judgesNobody'>;

const nobody: ReadonlySet<number> = new Set();

/**
 * Sorts the rows of a section, whose patrons were looked up whatever their status (W13), into those that declare a
 * member and those that fail. `unreadable` holds rows that could not even be told apart cell by cell.
 */
export function gatherRoster(
  rows: readonly MemberRow[],
  unreadable: readonly RowResult[] = [],
): GatheredRoster {
  const declared: DeclaredMember[] = [];
  const failedRows: RosterRow[] = unreadable.map((row) => ({ ...row, patronId: null }));
  let inDoubt: Set<number> | undefined;
  // S5: whom a row means that cannot be read is as unknown as with a blank one.
  let judgesNobody = unreadable.length > 0;
  for (const memberRow of rows) {
    const { row, member, patronId, faults } = memberRow;
    if (faults === undefined && patronId > 0) {
      declared.push(memberRow);
      continue;
    }
    const notes: RowNote[] = [...(faults ?? [])];
    if (member === '') {
      // W12: it may have meant anybody, so nobody of this section is left out for sure.
      judgesNobody = true;
      notes.push({ code: 'nobody-inactivated' });
    } else if (patronId === 0) {
      // W13; W12: omission is judged as usual, since nobody who is a member is meant.
      notes.push({ code: 'member-unknown', column: 'member-unique-identifier', value: member });
    } else {
      // W12: a failed row is no omission of the pair it names.
      (inDoubt ??= new Set()).add(patronId);
    }
    failedRows.push({ row, outcome: 'failed', notes, patronId: patronId || null });
  }
  return { declared, failedRows, inDoubt: inDoubt ?? nobody, judgesNobody };
}
