import { withoutContactPerson } from '../domain/group/contact-person.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { touchWhoNames } from './touch-who-names.ts';

/** What was removed of a patron among groups and access. */
export interface ErasedAccess {
  readonly memberships: number;
  readonly overrides: number;
  /** Groups and sections whose contact person it was, whose contact fields are blank now. */
  readonly contactPersonOf: number;
}

/** Groups and sections have contact persons, and are changed alike. */
const withContactPerson = ['group', 'section'] as const;
type Described = StoredRecord<'group'> | StoredRecord<'section'>;

const recordsPerPage = 500;

/**
 * Removes a patron's memberships, their journal, what daily runs changed of them and its overrides, and takes the
 * patron out as contact person wherever it is or was one. To be done before the patron itself goes. Gives also what
 * was known of the contact person, since other places may repeat it.
 */
export async function eraseAccess(
  tx: TenantTransactor,
  patronId: number,
  at: number,
): Promise<ErasedAccess & { readonly known: unknown[] }> {
  await touchWhoNames(tx, [patronId]);
  const memberships = (await tx.members.mapByPatron([patronId])).get(patronId)?.length ?? 0;
  const { total } = await tx.accessOverrides.list({ patronId, page: 1, pageSize: 1 });
  const known: unknown[] = sidesNaming(await tx.recordChanges.listNamingPerson(patronId), patronId);
  await tx.members.removeByPatron(patronId);
  await tx.accessOverrides.removeByPatron(patronId);
  await tx.dailyRuns.removeByPatron(patronId);
  await tx.accessTurns.removeByPatron(patronId);
  await tx.recordChanges.removeByPatron(patronId);
  let contactPersonOf = 0;
  for (const entity of withContactPerson) {
    const records = await listWithContactPerson(tx, entity, patronId);
    known.push(...records);
    contactPersonOf += records.length;
    const left = records.map((record) => withoutContactPerson(record, patronId));
    await tx.records[entity].update(left as never, at);
  }
  return { memberships, overrides: total ?? 0, contactPersonOf, known };
}

/** Every group, or section, whose contact person the patron is. */
export async function listWithContactPerson(
  reader: TenantReader,
  entity: (typeof withContactPerson)[number],
  patronId: number,
): Promise<Described[]> {
  const found: Described[] = [];
  for (let page = 1, last = recordsPerPage; last === recordsPerPage; page++) {
    const filter = { contactPatronId: patronId, page, pageSize: recordsPerPage };
    const { items } = await reader.records[entity].list(filter);
    found.push(...items);
    last = items.length;
  }
  return found;
}

/** What entries of the journal said while the patron was the person to ask. */
function sidesNaming(
  changes: readonly { before: object | null; after: object | null }[],
  patronId: number,
): object[] {
  return changes
    .flatMap(({ before, after }) => [before, after])
    .filter((side) => side !== null && 'contactPatronId' in side && side.contactPatronId === patronId)
    .filter((side) => side !== null);
}
