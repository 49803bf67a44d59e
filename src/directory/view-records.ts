import type { Term, TermStatus } from '../domain/access/term.ts';
import type { Today } from '../domain/access/today.ts';
import type { Described } from '../domain/group/group.ts';
import { displayName } from '../domain/patron/identity.ts';
import { identifierOf, type RecordEntity } from '../domain/records.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { MemberOfPatron } from './edit-members.ts';

/** A term as it is shown; its status is worked out afresh (W2). */
export interface TermView {
  readonly status: TermStatus;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly inactive: boolean;
}

export function viewTerm(term: Term, { statusOf }: Today): TermView {
  const { startDate, endDate, inactiveSince } = term;
  return { status: statusOf(term), startDate, endDate, inactive: inactiveSince !== null };
}

interface DescribedView extends TermView, Omit<Described, keyof Term | 'contactPatronId'> {
  /** A Person-ID. */
  readonly contactPerson: string | null;
}

export interface GroupView extends DescribedView {
  readonly organization: string;
  readonly primarySet: string | null;
}

export async function viewGroups(
  reader: TenantReader,
  groups: readonly StoredRecord<'group'>[],
  today: Today,
): Promise<GroupView[]> {
  const organizationOf = await identifiers(
    reader,
    'organization',
    groups.map(({ organizationId }) => organizationId),
  );
  const sets = groups.flatMap(({ primarySetId }) => primarySetId ?? []);
  const setOf = await identifiers(reader, 'authorization-set', sets);
  const described = await describedViews(reader, groups, today);
  return groups.map(({ organizationId, primarySetId }, index) => ({
    ...described[index]!,
    organization: organizationOf(organizationId),
    primarySet: primarySetId === null ? null : setOf(primarySetId),
  }));
}

export interface SectionView extends DescribedView {
  readonly group: string;
}

export async function viewSections(
  reader: TenantReader,
  sections: readonly StoredRecord<'section'>[],
  today: Today,
): Promise<SectionView[]> {
  const groupOf = await identifiers(
    reader,
    'group',
    sections.map(({ groupId }) => groupId),
  );
  const described = await describedViews(reader, sections, today);
  return sections.map(({ groupId }, index) => ({ ...described[index]!, group: groupOf(groupId) }));
}

export interface SetView extends TermView {
  readonly uniqueIdentifier: string;
  readonly name: string;
  readonly organization: string;
  readonly description: string;
  readonly delegatedTo: string[];
  readonly resourceTypes: string[];
  readonly checkoutCenters: string[];
  readonly wcoCheckoutCenters: string[];
  readonly sets: string[];
}

export async function viewSets(
  reader: TenantReader,
  sets: readonly StoredRecord<'authorization-set'>[],
  today: Today,
): Promise<SetView[]> {
  const all = (entity: RecordEntity, idsOf: (set: StoredRecord<'authorization-set'>) => readonly number[]) =>
    identifiers(reader, entity, sets.flatMap(idsOf));
  const organizationOf = await all('organization', (set) => [set.organizationId, ...set.delegatedTo]);
  const typeOf = await all('resource-type', (set) => set.resourceTypes);
  const centerOf = await all('checkout-center', (set) => [...set.checkoutCenters, ...set.wcoCheckoutCenters]);
  const setOf = await all('authorization-set', (set) => set.sets);
  const named = (ids: readonly number[], nameOf: (id: number) => string) => ids.map(nameOf).sort();
  return sets.map((set) => ({
    uniqueIdentifier: set.uniqueIdentifier,
    name: set.name,
    organization: organizationOf(set.organizationId),
    ...viewTerm(set, today),
    description: set.description,
    delegatedTo: named(set.delegatedTo, organizationOf),
    resourceTypes: named(set.resourceTypes, typeOf),
    checkoutCenters: named(set.checkoutCenters, centerOf),
    wcoCheckoutCenters: named(set.wcoCheckoutCenters, centerOf),
    sets: named(set.sets, setOf),
  }));
}

/** A member as it is shown; `patron` is the Person-ID (S3). */
export interface MemberView extends TermView {
  readonly patron: string;
  readonly patronId: number;
  readonly name: string;
}

export async function viewMembers(
  reader: TenantReader,
  members: readonly MemberOfPatron[],
  today: Today,
): Promise<MemberView[]> {
  const { personIdField } = await reader.settings.get();
  return members.map(({ member, patron }) => ({
    patron: patron[personIdField],
    patronId: patron.id,
    name: displayName(patron),
    ...viewTerm(member, today),
  }));
}

async function describedViews(
  reader: TenantReader,
  records: readonly Described[],
  today: Today,
): Promise<DescribedView[]> {
  const { personIdField } = await reader.settings.get();
  const wanted = [...new Set(records.flatMap(({ contactPatronId }) => contactPatronId ?? []))];
  const found = wanted.length === 0 ? [] : await reader.patrons.findByIds(wanted);
  const patrons = new Map<number | null, StoredPatron>(found.map((patron) => [patron.id, patron]));
  return records.map((record) => ({
    uniqueIdentifier: record.uniqueIdentifier,
    name: record.name,
    ...viewTerm(record, today),
    description: record.description,
    note: record.note,
    contactPerson: patrons.get(record.contactPatronId)?.[personIdField] ?? null,
    contactRole: record.contactRole,
    telephone: record.telephone,
    email: record.email,
    url: record.url,
    contactNote: record.contactNote,
  }));
}

/** Gives the identifier of each id; all are asked for at once. */
async function identifiers(
  reader: Pick<TenantReader, 'records'>,
  entity: RecordEntity,
  ids: readonly number[],
): Promise<(id: number) => string> {
  const wanted = [...new Set(ids)];
  const found: StoredRecord<RecordEntity>[] =
    wanted.length === 0 ? [] : await reader.records[entity].findByIds(wanted);
  const names = new Map(found.map((record) => [record.id, identifierOf(record)]));
  return (id) => names.get(id) ?? '';
}
