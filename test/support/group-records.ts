import { noContactPerson } from '../../src/domain/group/contact-person.ts';
import type { MemberValues } from '../../src/domain/group/group.ts';
import type { TermStatus } from '../../src/domain/access/term.ts';
import type { Provenance } from '../../src/ports/patrons.ts';
import { recordEntities, type RecordEntity, type RecordToStore } from '../../src/ports/records.ts';
import type { TenantTransactor } from '../../src/ports/tenant-store.ts';
import { byHand, newPatron, upTo } from './records.ts';

const always = { status: 'ACTIVE', startDate: null, endDate: null, inactiveSince: null } as const;
const described = { ...always, ...noContactPerson, description: '', note: '' };

/** Records with nothing but what they need, unless told otherwise; parents have the number 1. */
export const newRecord: {
  readonly [E in RecordEntity]: (id: number, more?: Partial<RecordToStore<E>>) => RecordToStore<E>;
} = {
  organization: (id, more) => ({ id, name: `Organization ${id}`, status: null, ...more }),
  'resource-type': (id, more) => ({
    id,
    uniqueIdentifier: `type-${id}`,
    name: `Type ${id}`,
    restricted: true,
    status: null,
    ...more,
  }),
  'checkout-center': (id, more) => ({
    id,
    name: `Center ${id}`,
    portalRestricted: true,
    wcoRestricted: false,
    status: null,
    ...more,
  }),
  'authorization-set': (id, more) => ({
    id,
    uniqueIdentifier: `set-${id}`,
    name: `Set ${id}`,
    description: '',
    organizationId: 1,
    delegatedTo: [],
    resourceTypes: [],
    checkoutCenters: [],
    wcoCheckoutCenters: [],
    sets: [],
    ...always,
    ...more,
  }),
  group: (id, more) => ({
    id,
    uniqueIdentifier: `group-${id}`,
    name: `Group ${id}`,
    organizationId: 1,
    primarySetId: null,
    ...described,
    ...more,
  }),
  section: (id, more) => ({
    id,
    uniqueIdentifier: `section-${id}`,
    name: `Section ${id}`,
    groupId: 1,
    ...described,
    ...more,
  }),
};

export function newMember(
  sectionId: number,
  patronId: number,
  more: Partial<MemberValues & { status: TermStatus }> = {},
): MemberValues & { readonly status: TermStatus } {
  return { sectionId, patronId, ...always, ...more };
}

/** Stores patrons 1 … `patrons` and one of each record, with the number 1 and nothing in it. */
export async function insertParents(
  tx: TenantTransactor,
  patrons = 3,
  by: Provenance = byHand,
): Promise<void> {
  await tx.allocateIds('patron', patrons);
  await tx.patrons.insert(
    upTo(patrons).map((id) => newPatron(id)),
    by,
  );
  for (const entity of recordEntities) await insertRecords(tx, entity, [newRecord[entity](1) as never], by);
}

export async function insertRecords<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  records: readonly RecordToStore<E>[],
  by: Provenance = byHand,
): Promise<void> {
  await tx.allocateIds(entity, records.length);
  await tx.records[entity].insert(records, by);
}
