import { displayName } from '../domain/patron/identity.ts';
import { identifierOf, recordEntities, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import type { NameOf, Reference } from '../domain/shown-records.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/**
 * What people call everything that is referred to, asked for together. `planned`: names of what is yet to be made,
 * by its negative id. What is no longer there is called by its number.
 */
export async function nameReferences(
  reader: Pick<TenantReader, 'records' | 'patrons'>,
  references: Iterable<Omit<Reference, 'field'>>,
  planned: ReadonlyMap<number, string> = new Map(),
): Promise<NameOf> {
  const wanted = Map.groupBy(references, ({ entity }) => entity);
  const names = new Map<string, string>();
  for (const entity of recordEntities) await nameRecords(reader, entity, idsOf(wanted.get(entity)), names);
  const patronIds = idsOf(wanted.get('patron'));
  const patrons = patronIds.length === 0 ? [] : await reader.patrons.findByIds(patronIds);
  for (const patron of patrons) names.set(`patron ${patron.id}`, displayName(patron));
  return (entity, id) => planned.get(id) ?? names.get(`${entity} ${id}`) ?? String(id);
}

async function nameRecords(
  reader: Pick<TenantReader, 'records'>,
  entity: RecordEntity,
  ids: readonly number[],
  names: Map<string, string>,
): Promise<void> {
  if (ids.length === 0) return;
  const records: RecordTypes[RecordEntity][] = await reader.records[entity].findByIds(ids);
  for (const record of records) {
    names.set(`${entity} ${record.id}`, identifierOf(record));
  }
}

function idsOf(references: readonly Omit<Reference, 'field'>[] = []): number[] {
  return [...new Set(references.map(({ id }) => id))].filter((id) => id >= 0);
}
