import type { FileColumn } from '../column.ts';

/** The columns by which a file sets the dates of something. */
export type TermColumn = 'start-date' | 'end-date';

/** What the files of groups and sections have in common. */
export type DescribedColumn =
  | TermColumn
  | 'description'
  | 'note'
  | 'status'
  | 'contact-unique-identifier'
  | 'role'
  | 'telephone'
  | 'email'
  | 'url'
  | 'contact-note';

/** The start and end date of something called so. */
export function termColumns(thing: string): FileColumn<TermColumn>[] {
  return [
    {
      name: 'start-date',
      about: `The ${thing} gives access from 1:00 of this day, m/d/yyyy. Blank: since ever.`,
      example: '9/1/2026',
    },
    {
      name: 'end-date',
      about: `The ${thing} gives access until 1:00 of this day, m/d/yyyy. Blank: for ever.`,
      example: '6/30/2027',
    },
  ];
}

/** The columns that follow what identifies a group or section, in the order of the template. */
export function describedColumns(thing: string): FileColumn<DescribedColumn>[] {
  return [
    { name: 'description', about: `What the ${thing} is for.`, example: 'Introduction to film' },
    { name: 'note', about: 'A note for operators.', example: 'Ask for the syllabus' },
    {
      name: 'status',
      about: 'ACTIVE or INACTIVE; the latter needs an end date in the past. Blank leaves it as it is.',
      example: 'ACTIVE',
    },
    ...termColumns(thing),
    {
      name: 'contact-unique-identifier',
      about: 'Person-ID of an active patron to ask. Blank: nobody.',
      example: 'A-10482',
    },
    { name: 'role', about: 'What the contact person is.', example: 'Lecturer' },
    { name: 'telephone', about: 'Telephone number of the contact person.', example: '555 0100' },
    { name: 'email', about: 'E-mail address of the contact person.', example: 'jane.smith@campus.example' },
    { name: 'url', about: 'Web site of the contact person.', example: 'https://film.campus.example' },
    { name: 'contact-note', about: 'A note on the contact person.', example: 'Room 12' },
  ];
}
