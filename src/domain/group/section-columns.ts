import type { FileColumn } from '../column.ts';
import { describedColumns, type DescribedColumn } from './described-columns.ts';

export type SectionColumn = DescribedColumn | 'unique-identifier' | 'name' | 'group-unique-identifier';

/** The columns of `section.csv`, in the order of its template (W21). */
export const sectionColumns: readonly FileColumn<SectionColumn>[] = [
  { name: 'unique-identifier', required: true, about: 'What identifies the section.', example: 'FILM-101-A' },
  { name: 'name', required: true, about: 'Name of the section, for people.', example: 'Film 101, autumn' },
  {
    name: 'group-unique-identifier',
    required: true,
    about: 'The group it belongs to; it has to be there already.',
    example: 'FILM-101',
  },
  ...describedColumns('section'),
];
