import type { PatronValues } from './patron.ts';

/** A column of a patrons file. E-mail is one although it is stored as a contact (S2). */
export type PatronColumn = keyof PatronValues | 'email';

export interface PatronColumnSpec {
  readonly name: PatronColumn;
  /** Other headers read as this column, the most specific first: of several in one file it wins. */
  readonly synonyms?: readonly string[];
  readonly about: string;
  readonly example: string;
}

/**
 * M1: the columns of `patrons.csv`, in the order of its template, and M2: the headers school systems export
 * them under. None is required by itself; the key column chosen for the import is.
 */
export const patronColumns: readonly PatronColumnSpec[] = [
  {
    name: 'username',
    about: 'Name the patron is known by in other systems; unique where not blank. The usual key column.',
    example: 'jsmith',
  },
  {
    name: 'barcode',
    // A card number may be that of any card; a library barcode is ours.
    synonyms: ['librarybarcode', 'cardnumber'],
    about: 'Barcode on the library card; unique where not blank.',
    example: '2900017',
  },
  {
    name: 'externalid',
    synonyms: ['adminsystemid'],
    about: 'Identifier in the administration system; unique where not blank.',
    example: 'A-10482',
  },
  {
    name: 'firstname',
    // A preferred name stands in only where no given name is sent at all.
    synonyms: ['givenname', 'preferredname'],
    about: 'First name.',
    example: 'Jane',
  },
  { name: 'surname', synonyms: ['lastname'], about: 'Surname.', example: 'Smith' },
  {
    name: 'email',
    synonyms: ['emailaddress'],
    about: 'The patron’s own e-mail address, never a guardian’s. Blank leaves it as it is.',
    example: 'jane.smith@school.example',
  },
  {
    name: 'classgrade',
    // A form class is one group of a year, so it says more than the year.
    synonyms: ['formclass', 'yearlevel'],
    about: 'Class or grade. Blank clears it.',
    example: '7B',
  },
  { name: 'room', synonyms: ['homegroup'], about: 'Room or home group. Blank clears it.', example: 'R12' },
  {
    name: 'role',
    about: 'STUDENT, TEACHER, PARENT or LIBRARIAN. A new patron is STUDENT unless told otherwise.',
    example: 'STUDENT',
  },
  {
    name: 'status',
    about: 'ACTIVE or INACTIVE. A new patron is ACTIVE unless told otherwise.',
    example: 'ACTIVE',
  },
];
