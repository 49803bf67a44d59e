import type { Today } from '../domain/access/today.ts';
import type { Term } from '../domain/access/term.ts';
import { servesAt } from '../domain/authorization/serves.ts';
import { noContactPerson } from '../domain/group/contact-person.ts';
import type { Described, GroupValues, SectionValues } from '../domain/group/group.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import {
  getRecord,
  refuseInput,
  refuseWithoutRight,
  saveRecord,
  type RecordEditor,
} from './record-editor.ts';

/** A term as people send it: the flag as a word; what is left out stays. */
export interface TermEdit {
  readonly startDate?: Term['startDate'] | undefined;
  readonly endDate?: Term['endDate'] | undefined;
  readonly status?: 'ACTIVE' | 'INACTIVE' | undefined;
}

/** What people send of a group or section. What is left out stays; of a new one it is blank. */
export interface DescribedEdit extends TermEdit {
  readonly uniqueIdentifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly note?: string | undefined;
  /** The Person-ID of a patron; null: nobody. */
  readonly contactPerson?: string | null | undefined;
  readonly contactRole?: string | undefined;
  readonly telephone?: string | undefined;
  readonly email?: string | undefined;
  readonly url?: string | undefined;
  readonly contactNote?: string | undefined;
}

export interface GroupEdit extends DescribedEdit {
  /** Name of the organization. */
  readonly organization?: string | undefined;
  /** Identifier of the set; null: none. */
  readonly primarySet?: string | null | undefined;
}

export interface SectionEdit extends DescribedEdit {
  /** Identifier of the group. */
  readonly group?: string | undefined;
}

/**
 * Makes a group, or changes the one given. `bad-request` where it refers to what is not there or may not be used,
 * `forbidden` without the capability at its organization before and after (W18), else refused as `saveRecord`.
 */
export async function saveGroup(
  tx: TenantTransactor,
  before: StoredRecord<'group'> | undefined,
  edit: GroupEdit,
  by: RecordEditor,
): Promise<StoredRecord<'group'>> {
  const organizationId =
    edit.organization === undefined
      ? before!.organizationId
      : (await referred(tx, 'organization', 'organization', edit.organization)).id;
  await refuseWithoutRight(tx, by, ...(before ? [before.organizationId] : []), organizationId);
  const primarySetId = await primarySetOf(tx, before, edit, organizationId);
  const described = await describedAfter(tx, before, edit, by.today);
  const after: GroupValues = { ...described, organizationId, primarySetId };
  return saveRecord(tx, 'group', before, after, by);
}

/** Makes a section, or changes the one given, also to another group (W10). Refused as `saveGroup`. */
export async function saveSection(
  tx: TenantTransactor,
  before: StoredRecord<'section'> | undefined,
  edit: SectionEdit,
  by: RecordEditor,
): Promise<StoredRecord<'section'>> {
  const group =
    edit.group === undefined
      ? (await tx.records.group.findById(before!.groupId))!
      : await referred(tx, 'group', 'group', edit.group);
  const standing = before && (await tx.records.group.findById(before.groupId))!;
  await refuseWithoutRight(tx, by, ...(standing ? [standing.organizationId] : []), group.organizationId);
  const described = await describedAfter(tx, before, edit, by.today);
  const after: SectionValues = { ...described, groupId: group.id };
  return saveRecord(tx, 'section', before, after, by);
}

/** W4: by hand, the flag may stand without an end date; setting it again keeps since when it stands. */
export function termAfter(before: Term | undefined, edit: TermEdit, { at }: Today): Term {
  const flag = before?.inactiveSince ?? null;
  return {
    startDate: edit.startDate === undefined ? (before?.startDate ?? null) : edit.startDate,
    endDate: edit.endDate === undefined ? (before?.endDate ?? null) : edit.endDate,
    inactiveSince: edit.status === undefined ? flag : edit.status === 'ACTIVE' ? null : (flag ?? at),
  };
}

/** The patron that a Person-ID names (S3); undefined where nobody has it. */
export async function findByPersonId(
  reader: Pick<TenantReader, 'patrons' | 'settings'>,
  personId: string,
): Promise<StoredPatron | undefined> {
  const { personIdField } = await reader.settings.get();
  return reader.patrons.findByKey(personIdField, personId);
}

/** What a body names by its identifier; `bad-request` at `path` where there is no such thing. */
export async function referred<E extends 'organization' | 'group' | 'authorization-set'>(
  tx: TenantTransactor,
  entity: E,
  path: string,
  identifier: string,
): Promise<StoredRecord<E>> {
  try {
    return await getRecord(tx, entity, identifier);
  } catch (error) {
    return refuseInput(path, (error as Error).message);
  }
}

/** W14, W17: the one set of a group; it belongs to the group's organization, or is delegated to it. */
async function primarySetOf(
  tx: TenantTransactor,
  before: StoredRecord<'group'> | undefined,
  { primarySet, organization }: GroupEdit,
  organizationId: number,
): Promise<number | null> {
  if (primarySet === null) return null;
  const standing = before?.primarySetId ?? null;
  const set =
    primarySet !== undefined
      ? await referred(tx, 'authorization-set', 'primarySet', primarySet)
      : standing === null
        ? undefined
        : await tx.records['authorization-set'].findById(standing);
  if (set === undefined) return null;
  if (!servesAt(set, organizationId)) {
    refuseInput(
      primarySet === undefined ? 'organization' : 'primarySet',
      `The authorization set “${set.uniqueIdentifier}” is not delegated to ${organization === undefined ? 'the organization of the group' : `“${organization}”`}. Its owner can delegate it.`,
    );
  }
  return set.id;
}

async function describedAfter(
  tx: TenantTransactor,
  before: Described | undefined,
  edit: DescribedEdit,
  today: Today,
): Promise<Described> {
  const standing: Described = before ?? {
    uniqueIdentifier: '',
    name: '',
    description: '',
    note: '',
    startDate: null,
    endDate: null,
    inactiveSince: null,
    ...noContactPerson,
  };
  return {
    uniqueIdentifier: edit.uniqueIdentifier ?? standing.uniqueIdentifier,
    name: edit.name ?? standing.name,
    description: edit.description ?? standing.description,
    note: edit.note ?? standing.note,
    contactPatronId: await contactAfter(tx, standing.contactPatronId, edit.contactPerson),
    contactRole: edit.contactRole ?? standing.contactRole,
    telephone: edit.telephone ?? standing.telephone,
    email: edit.email ?? standing.email,
    url: edit.url ?? standing.url,
    contactNote: edit.contactNote ?? standing.contactNote,
    ...termAfter(before, edit, today),
  };
}

// W13: a contact person exists and is active when it is named.
async function contactAfter(
  tx: TenantTransactor,
  standing: number | null,
  personId: string | null | undefined,
): Promise<number | null> {
  if (personId === undefined) return standing;
  if (personId === null) return null;
  const patron = await findByPersonId(tx, personId);
  if (patron === undefined) refuseInput('contactPerson', `No patron has the Person-ID “${personId}”.`);
  if (patron.status !== 'ACTIVE' && patron.id !== standing) {
    refuseInput('contactPerson', `The patron with the Person-ID “${personId}” is inactive.`);
  }
  return patron.id;
}
