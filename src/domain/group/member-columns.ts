import type { FileColumn } from '../column.ts';
import { termColumns, type TermColumn } from './described-columns.ts';

export type MemberColumn = TermColumn | 'section-unique-identifier' | 'member-unique-identifier';

/** The columns of `section-members.csv`, in the order of its template (W21). */
export const memberColumns: readonly FileColumn<MemberColumn>[] = [
  {
    name: 'section-unique-identifier',
    required: true,
    about: 'The section; it has to be there already. Members of it that the file leaves out become inactive.',
    example: 'FILM-101-A',
  },
  {
    name: 'member-unique-identifier',
    required: true,
    about: 'Person-ID of a patron.',
    example: 'A-10482',
  },
  ...termColumns('membership'),
];
