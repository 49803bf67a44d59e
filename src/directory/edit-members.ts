import { MusterError } from '../domain/errors.ts';
import type { MemberValues } from '../domain/group/group.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { StoredMember, StoredRecord } from '../ports/records.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { applyRosterChanges } from './apply-roster.ts';
import { findByPersonId, termAfter, type TermEdit } from './edit-groups.ts';
import { getRecord, journalOf, refuseInput, refuseWithoutRight, type RecordEditor } from './record-editor.ts';

/** A member with whose it is. */
export interface MemberOfPatron {
  readonly member: StoredMember;
  readonly patron: StoredPatron;
}

/**
 * Adds a patron, in any status (W13), to a section. `not-found` for an unknown section, `bad-request` for an unknown
 * Person-ID, `forbidden` without the capability at the organization of its group (W18), `conflict` where the patron is
 * a member already, even an inactive one.
 */
export async function addMember(
  tx: TenantTransactor,
  section: string,
  personId: string,
  edit: TermEdit,
  by: RecordEditor,
): Promise<MemberOfPatron> {
  const record = await editable(tx, section, by);
  const patron = await findByPersonId(tx, personId);
  if (patron === undefined) refuseInput('patron', `No patron has the Person-ID “${personId}”.`);
  if (await tx.members.find(record.id, patron.id)) {
    throw new MusterError(
      'conflict',
      `“${personId}” is a member of “${section}” already. Change that membership instead, also where it is inactive.`,
    );
  }
  const values = { sectionId: record.id, patronId: patron.id, ...termAfter(undefined, edit, by.today) };
  return save(tx, record, patron, undefined, values, by);
}

/** Changes a membership; what is left out stays. Refused as `addMember`; `not-found` where there is none. */
export async function changeMember(
  tx: TenantTransactor,
  section: string,
  personId: string,
  edit: TermEdit,
  by: RecordEditor,
): Promise<MemberOfPatron> {
  const record = await editable(tx, section, by);
  const patron = await findByPersonId(tx, personId);
  const before = patron && (await tx.members.find(record.id, patron.id));
  if (patron === undefined || before === undefined) {
    throw new MusterError('not-found', `“${personId}” is not a member of “${section}”.`);
  }
  const { sectionId, patronId } = before;
  return save(tx, record, patron, before, { sectionId, patronId, ...termAfter(before, edit, by.today) }, by);
}

async function editable(
  tx: TenantTransactor,
  section: string,
  by: RecordEditor,
): Promise<StoredRecord<'section'>> {
  const record = await getRecord(tx, 'section', section);
  const group = (await tx.records.group.findById(record.groupId))!;
  await refuseWithoutRight(tx, by, group.organizationId);
  return record;
}

async function save(
  tx: TenantTransactor,
  section: StoredRecord<'section'>,
  patron: StoredPatron,
  before: StoredMember | undefined,
  after: MemberValues,
  by: RecordEditor,
): Promise<MemberOfPatron> {
  const change = {
    about: 'roster',
    sectionId: section.id,
    section: section.uniqueIdentifier,
    active: before?.status === 'ACTIVE' ? 1 : 0,
    creates: before === undefined ? [after] : [],
    updates: before === undefined || equals(before, after) ? [] : [{ before, after }],
    removes: [],
  } as const;
  await applyRosterChanges(tx, [change], journalOf(by));
  return { member: (await tx.members.find(section.id, patron.id))!, patron };
}

function equals(a: MemberValues, b: MemberValues): boolean {
  return a.startDate === b.startDate && a.endDate === b.endDate && a.inactiveSince === b.inactiveSince;
}
