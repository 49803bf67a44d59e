import type { TermStatus } from '../../domain/access/term.ts';
import type { GroupValues, SectionValues } from '../../domain/group/group.ts';
import type { RecordEntity, RecordTypes } from '../../ports/records.ts';
import type { TermColumns, DescriptionColumns, RecordColumns } from '../schema/group-tables.ts';
import type { TenantTables } from '../schema/tables.ts';
import { entryKindCode } from '../schema/codes.ts';
import type { Value } from './context.ts';
import type { Reference } from './references.ts';
import { termColumns, termOf, termValues } from './term-columns.ts';

/** The tables of records. */
export type RecordTable = {
  [T in keyof TenantTables]: TenantTables[T] extends RecordColumns ? T : never;
}[keyof TenantTables];

/** A row of any of them, with what only some have. */
export type RecordRow = RecordColumns &
  TermColumns &
  DescriptionColumns & {
    organization_id: number;
    group_id: number;
    primary_set_id: number | null;
    restricted: number;
    portal_restricted: number;
    wco_restricted: number;
  };

/** Values kept in tables of their own. */
type Elsewhere = 'resourceTypes' | 'checkoutCenters' | 'wcoCheckoutCenters' | 'sets' | 'delegatedTo';

/** How the records of one entity lie in their table. */
export interface RecordMapping<E extends RecordEntity> {
  readonly table: RecordTable;
  /** The column of the text by which it is found. */
  readonly identifier: 'identifier' | 'name';
  readonly parent?: 'organization_id' | 'group_id';
  readonly hasTerm: boolean;
  readonly columns: readonly (keyof RecordRow)[];
  /** The values of `columns`. */
  readonly values: (record: RecordTypes[E], status: TermStatus | null) => Value[];
  readonly valuesOf: (row: RecordRow) => Omit<RecordTypes[E], 'id' | Elsewhere>;
  readonly references: readonly Reference[];
}

const descriptionColumns = ['identifier', 'name', 'description', 'note'] as const;
const personColumns = [
  'contact_patron_id',
  'contact_role',
  'telephone',
  'email',
  'url',
  'contact_note',
] as const;

/** Every entity's own. */
export const recordMappings: { readonly [E in RecordEntity]: RecordMapping<E> } = {
  organization: {
    table: 'organization',
    identifier: 'name',
    hasTerm: false,
    columns: ['name'],
    values: ({ name }) => [name],
    valuesOf: ({ name }) => ({ name }),
    references: [
      { table: 'patron_group', column: 'organization_id' },
      { table: 'authorization_set', column: 'organization_id' },
      { table: 'set_delegation', column: 'organization_id' },
    ],
  },
  'resource-type': {
    table: 'resource_type',
    identifier: 'identifier',
    hasTerm: false,
    columns: ['identifier', 'name', 'restricted'],
    values: ({ uniqueIdentifier, name, restricted }) => [uniqueIdentifier, name, Number(restricted)],
    valuesOf: ({ identifier, name, restricted }) => ({
      uniqueIdentifier: identifier,
      name,
      restricted: restricted === 1,
    }),
    references: [{ table: 'set_entry', column: 'target_id', kinds: entriesOf('resource-type') }],
  },
  'checkout-center': {
    table: 'checkout_center',
    identifier: 'name',
    hasTerm: false,
    columns: ['name', 'portal_restricted', 'wco_restricted'],
    values: ({ name, portalRestricted, wcoRestricted }) => [
      name,
      Number(portalRestricted),
      Number(wcoRestricted),
    ],
    valuesOf: ({ name, portal_restricted, wco_restricted }) => ({
      name,
      portalRestricted: portal_restricted === 1,
      wcoRestricted: wco_restricted === 1,
    }),
    references: [
      { table: 'set_entry', column: 'target_id', kinds: entriesOf('checkout-center', 'wco-checkout-center') },
    ],
  },
  'authorization-set': {
    table: 'authorization_set',
    identifier: 'identifier',
    parent: 'organization_id',
    hasTerm: true,
    columns: ['identifier', 'name', 'description', 'organization_id', ...termColumns],
    values: (set, status) => [
      set.uniqueIdentifier,
      set.name,
      set.description,
      set.organizationId,
      ...termValues(set, status!),
    ],
    valuesOf: (row) => ({
      uniqueIdentifier: row.identifier,
      name: row.name,
      description: row.description,
      organizationId: row.organization_id,
      ...termOf(row),
    }),
    references: [
      { table: 'patron_group', column: 'primary_set_id' },
      { table: 'set_entry', column: 'target_id', kinds: entriesOf('authorization-set') },
    ],
  },
  group: {
    table: 'patron_group',
    identifier: 'identifier',
    parent: 'organization_id',
    hasTerm: true,
    columns: [...descriptionColumns, 'organization_id', 'primary_set_id', ...termColumns, ...personColumns],
    values: (group, status) => [
      ...descriptionValues(group),
      group.organizationId,
      group.primarySetId,
      ...termValues(group, status!),
      ...personValues(group),
    ],
    valuesOf: (row) => ({
      ...descriptionOf(row),
      organizationId: row.organization_id,
      primarySetId: row.primary_set_id,
    }),
    references: [{ table: 'section', column: 'group_id' }],
  },
  section: {
    table: 'section',
    identifier: 'identifier',
    parent: 'group_id',
    hasTerm: true,
    columns: [...descriptionColumns, 'group_id', ...termColumns, ...personColumns],
    values: (section, status) => [
      ...descriptionValues(section),
      section.groupId,
      ...termValues(section, status!),
      ...personValues(section),
    ],
    valuesOf: (row) => ({ ...descriptionOf(row), groupId: row.group_id }),
    references: [{ table: 'section_member', column: 'section_id' }],
  },
};

function entriesOf(...kinds: Parameters<typeof entryKindCode.toNumber>[0][]): number[] {
  return kinds.map(entryKindCode.toNumber);
}

type Described = GroupValues | SectionValues;

function descriptionValues(record: Described): Value[] {
  return [record.uniqueIdentifier, record.name, record.description, record.note];
}

function personValues(record: Described): Value[] {
  return [
    record.contactPatronId,
    record.contactRole,
    record.telephone,
    record.email,
    record.url,
    record.contactNote,
  ];
}

function descriptionOf(row: RecordRow) {
  return {
    uniqueIdentifier: row.identifier,
    name: row.name,
    description: row.description,
    note: row.note,
    ...termOf(row),
    contactPatronId: row.contact_patron_id,
    contactRole: row.contact_role,
    telephone: row.telephone,
    email: row.email,
    url: row.url,
    contactNote: row.contact_note,
  };
}
