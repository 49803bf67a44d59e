import { identifierOf, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import type { Reference } from '../domain/shown-records.ts';
import type { Values } from '../domain/undo/done-by-run.ts';
import type { StoredRecord } from '../ports/records.ts';

/** A record of whichever entity; the entity is told beside it. */
export type AnyRecord = RecordTypes[RecordEntity];
export type AnyStored = StoredRecord<RecordEntity>;

/** A bag of values that is known to be a record's. */
export function asRecord(values: Values): AnyRecord {
  return values as unknown as AnyRecord;
}

/** What is referred to, as `entity id`. */
export function keyOf({ entity, id }: Reference): string {
  return `${entity} ${id}`;
}

/** The record as a bag of its own values. */
export function valuesIn(record: AnyStored): Values {
  const { createdRun: _run, createdAt: _at, updatedAt: _updated, status: _status, ...values } = record;
  return values;
}

/** The record under the identifier that it has. */
export function withIdentifierOf(before: AnyRecord, after: AnyRecord): AnyRecord {
  const field = 'uniqueIdentifier' in before ? 'uniqueIdentifier' : 'name';
  return { ...after, [field]: identifierOf(before) };
}

/** The record with every field as it stands that would refer to something missing; of lists that entry alone is left out. */
export function withoutReferences(
  before: AnyRecord,
  after: AnyRecord,
  missing: readonly Reference[],
): AnyRecord {
  const gone = new Set(missing.map(({ id }) => id));
  const stands: Values = { ...before };
  const mended = Object.entries(after).map(([field, value]) => {
    const ofMissing = missing.some(({ field: where }) => where === field);
    if (!ofMissing) return [field, value];
    return [field, Array.isArray(value) ? value.filter((id) => !gone.has(id as number)) : stands[field]];
  });
  return Object.fromEntries(mended) as AnyRecord;
}
