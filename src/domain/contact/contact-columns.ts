import type { ContactValues } from './contact.ts';

/** A column of a contacts file. */
export type ContactColumn = keyof ContactValues | 'username';

export interface ContactColumnSpec {
  readonly name: ContactColumn;
  /** A file without this column is refused (S8). */
  readonly required: boolean;
  readonly about: string;
  readonly example: string;
}

/** The columns of a contacts file, in the order of its template. Its headers have no synonyms. */
export const contactColumns: readonly ContactColumnSpec[] = [
  {
    name: 'username',
    required: true,
    about: 'Whose contact it is. An unknown username fails its row; nobody is created.',
    example: 'jsmith',
  },
  { name: 'type', required: true, about: 'EMAIL, PHONE or SOCIAL_MEDIA.', example: 'EMAIL' },
  {
    name: 'contact',
    required: true,
    about: 'The address, number or handle, stored in Latin script. A row without one is ignored.',
    example: 'jane.smith@school.example',
  },
  {
    name: 'role',
    required: false,
    about: 'Whom it reaches: PATRON, GUARDIAN or OTHER. Without it PATRON.',
    example: 'PATRON',
  },
  {
    name: 'primary',
    required: false,
    about: 'TRUE or FALSE: whether it is the default contact of its type. Without it FALSE.',
    example: 'TRUE',
  },
  {
    name: 'addressee',
    required: false,
    about: 'The name a message is addressed to. Blank on role PATRON: the patron’s own names.',
    example: 'Jane Smith',
  },
  {
    name: 'bcc',
    required: false,
    about: 'E-mail only: TRUE, FALSE or SCHOOL_DEFAULT (the setting). Without it SCHOOL_DEFAULT.',
    example: 'SCHOOL_DEFAULT',
  },
  {
    name: 'sms',
    required: false,
    about: 'Phone only: TRUE or FALSE, whether it receives text messages. Without it FALSE.',
    example: 'FALSE',
  },
  {
    name: 'scenarios',
    required: false,
    about: 'ANY, NONE or scenario names separated by semicolons. Without the column ANY, a blank cell NONE.',
    example: 'OVERDUE;LOAN_RECALL',
  },
];
