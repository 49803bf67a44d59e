import type { FileColumn } from '../column.ts';
import { describedColumns, type DescribedColumn } from './described-columns.ts';

export type GroupColumn = DescribedColumn | 'unique-identifier' | 'name' | 'organization';

/** The columns of `group.csv`, in the order of its template (W21). */
export const groupColumns: readonly FileColumn<GroupColumn>[] = [
  { name: 'unique-identifier', required: true, about: 'What identifies the group.', example: 'FILM-101' },
  { name: 'name', required: true, about: 'Name of the group, for people.', example: 'Film 101' },
  {
    name: 'organization',
    required: true,
    about: 'Name of the organization it belongs to, exactly as it is registered.',
    example: 'Film School',
  },
  ...describedColumns('group'),
];
