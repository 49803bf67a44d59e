import type { FileColumn } from '../column.ts';
import { termColumns, type TermColumn } from '../group/described-columns.ts';

/** The columns that list entries, separated by `|`. */
export const entryColumns = [
  'resource-types',
  'checkout-centers',
  'wco-checkout-centers',
  'authset',
] as const;
export type EntryColumn = (typeof entryColumns)[number];

export type SetColumn =
  | TermColumn
  | EntryColumn
  | 'name'
  | 'unique-identifier'
  | 'organization'
  | 'group-unique-identifier'
  | 'description';

/** The columns of `authorization-set.csv`, in the order of its template (W21). */
export const setColumns: readonly FileColumn<SetColumn>[] = [
  {
    name: 'name',
    required: true,
    about: 'Name of the authorization set, for people.',
    example: 'Film cameras',
  },
  {
    name: 'unique-identifier',
    required: true,
    about: 'What identifies the authorization set.',
    example: 'FILM-CAMERAS',
  },
  {
    name: 'organization',
    required: true,
    about: 'Name of the organization that owns it, exactly as it is registered.',
    example: 'Film School',
  },
  {
    name: 'group-unique-identifier',
    about: 'A group whose primary set it becomes; a group has but one. Blank changes nothing.',
    example: 'FILM-101',
  },
  { name: 'description', about: 'What the authorization set is for.', example: 'Cameras of the film school' },
  ...termColumns('authorization set'),
  {
    name: 'resource-types',
    about: 'Identifiers of resource types to add, separated by |.',
    example: 'CAMERA|LENS',
  },
  {
    name: 'checkout-centers',
    about: 'Names of checkout centers whose patron portal may be entered, separated by |.',
    example: 'Equipment Desk',
  },
  {
    name: 'wco-checkout-centers',
    // W7: the vendor names its template after this spelling.
    synonyms: ['wco-checkout-center'],
    about: 'Names of restricted checkout centers at which its members are served, separated by |.',
    example: 'Stage Desk',
  },
  {
    name: 'authset',
    about: 'Identifiers of authorization sets to nest in it, separated by |.',
    example: 'TRIPODS|SOUND',
  },
];
