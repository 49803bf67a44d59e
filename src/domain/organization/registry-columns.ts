/** One column of a registry's file, and which field of the record it says. */
export interface RegistryColumn {
  readonly name: string;
  readonly field: string;
  /** The identifier finds the record; a text must not be blank; a flag left blank or out stays as it is. */
  readonly holds: 'identifier' | 'text' | 'flag';
  readonly required?: boolean;
  readonly about: string;
  readonly example: string;
}

/** M4: the registries that are filled from files, with the columns of each in the order of its template. */
export const registryColumns = {
  organization: [
    {
      name: 'name',
      field: 'name',
      holds: 'identifier',
      required: true,
      about: 'What the organization is called; other files name it by exactly this.',
      example: 'Film School',
    },
  ],
  'resource-type': [
    {
      name: 'unique-identifier',
      field: 'uniqueIdentifier',
      holds: 'identifier',
      required: true,
      about: 'What identifies the resource type; authorization sets name it by exactly this.',
      example: 'CAM-4K',
    },
    {
      name: 'name',
      field: 'name',
      holds: 'text',
      required: true,
      about: 'For people.',
      example: '4K cameras',
    },
    {
      name: 'restricted',
      field: 'restricted',
      holds: 'flag',
      about: 'TRUE: only those may reserve it whom an authorization set grants it. A new one is not.',
      example: 'TRUE',
    },
  ],
  'checkout-center': [
    {
      name: 'name',
      field: 'name',
      holds: 'identifier',
      required: true,
      about: 'What the center is called; authorization sets name it by exactly this.',
      example: 'Main desk',
    },
    {
      name: 'portal-restricted',
      field: 'portalRestricted',
      holds: 'flag',
      about:
        'TRUE: only those may enter its patron portal whom an authorization set grants it. A new one is not.',
      example: 'TRUE',
    },
    {
      name: 'wco-restricted',
      field: 'wcoRestricted',
      holds: 'flag',
      about: 'TRUE: only those are served at it whom an authorization set grants it. A new one is not.',
      example: 'FALSE',
    },
  ],
} as const satisfies Record<string, readonly RegistryColumn[]>;

export type RegistryEntity = keyof typeof registryColumns;
