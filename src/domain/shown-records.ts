import type { Term } from './access/term.ts';
import type { FieldValue } from './record-fields.ts';
import type { RecordEntity, RecordTypes } from './records.ts';

/** The fields of a record as they are shown: what it refers to by name, blank ones left out. */
export type ShownFields = Readonly<Record<string, FieldValue>>;

/** Something that a record refers to. */
export interface Reference {
  /** The field that holds its id. */
  readonly field: string;
  readonly entity: RecordEntity | 'patron';
  readonly id: number;
}

/** What people call that which is referred to. */
export type NameOf = (entity: Reference['entity'], id: number) => string;

/** Fields that hold ids, with the name under which they are shown, and of what. */
const references: Readonly<Record<string, readonly [shown: string, entity: Reference['entity']]>> = {
  organizationId: ['organization', 'organization'],
  groupId: ['group', 'group'],
  primarySetId: ['primarySet', 'authorization-set'],
  contactPatronId: ['contactPerson', 'patron'],
  resourceTypes: ['resourceTypes', 'resource-type'],
  checkoutCenters: ['checkoutCenters', 'checkout-center'],
  wcoCheckoutCenters: ['wcoCheckoutCenters', 'checkout-center'],
  sets: ['sets', 'authorization-set'],
  delegatedTo: ['delegatedTo', 'organization'],
};

/** Everything that a record refers to. */
export function referencesOf(record: RecordTypes[RecordEntity]): Reference[] {
  const found: Reference[] = [];
  for (const [field, value] of Object.entries(record)) {
    const [, entity] = references[field] ?? [];
    if (entity === undefined || value === null) continue;
    for (const id of [value].flat() as number[]) found.push({ field, entity, id });
  }
  return found;
}

/** The record with its own id and all it refers to put into other words. */
export function mapIds<R extends RecordTypes[RecordEntity]>(record: R, idOf: (id: number) => number): R {
  const mapped: Record<string, unknown> = { ...record, id: idOf(record.id) };
  for (const [field, value] of Object.entries(record)) {
    if (references[field] === undefined || value === null) continue;
    mapped[field] = Array.isArray(value) ? value.map(idOf).sort((a, b) => a - b) : idOf(value as number);
  }
  return mapped as R;
}

/** A record as it is shown. */
export function shownRecord(record: RecordTypes[RecordEntity], nameOf: NameOf): ShownFields {
  const shown: Record<string, FieldValue> = {};
  for (const [field, value] of Object.entries(record)) {
    if (field === 'id' || notOfTheRecord.has(field)) continue;
    const [name, entity] = references[field] ?? [];
    if (name === undefined || entity === undefined) put(shown, field, value);
    else if (Array.isArray(value)) put(shown, name, value.map((id: number) => nameOf(entity, id)).sort());
    else put(shown, name, value === null ? null : nameOf(entity, value as number));
  }
  return shown;
}

/** A member's own fields as they are shown: whose they are is told beside them. */
export function shownMember({ startDate, endDate, inactiveSince }: Term): ShownFields {
  const shown: Record<string, FieldValue> = {};
  for (const [field, value] of Object.entries({ startDate, endDate, inactiveSince }))
    put(shown, field, value);
  return shown;
}

/** What storage adds to a record: told elsewhere, or worked out afresh. */
const notOfTheRecord = new Set(['createdRun', 'createdAt', 'updatedAt', 'status']);

function put(shown: Record<string, FieldValue>, field: string, value: unknown): void {
  // Since when it is flagged is for the rules; people are told that it is.
  if (field === 'inactiveSince') shown['inactive'] = value !== null;
  else if (Array.isArray(value) ? value.length > 0 : value !== null && value !== '')
    shown[field] = value as FieldValue;
}
