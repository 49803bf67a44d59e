import { displayName } from '../domain/patron/identity.ts';
import type { PlannedRecord } from '../domain/plan/planned-record.ts';
import { fieldDifferences } from '../domain/record-fields.ts';
import type { PlanItem } from '../ports/plans.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { PlanItemView, RecordOfPlan } from './plan-item-view.ts';
import { recordsDoneBy } from './record-history.ts';

/** Everything but what is kept of patrons and contacts. */
type ShownRecord = Exclude<PlannedRecord, { entity: 'patron' | 'contact' }>;

/** Items about records and rosters as they are shown: as planned, or as records and journal tell what was done. */
export async function viewRecordItems(
  reader: TenantReader,
  runId: number,
  items: readonly PlanItem[],
): Promise<Map<PlanItem, PlanItemView>> {
  const shown = new Map<PlanItem, readonly ShownRecord[]>();
  const done = items.filter(({ records }) => records === undefined);
  const doneBy = await recordsDoneBy(
    reader,
    runId,
    done.map(({ subject }) => subject),
  );
  for (const item of items) {
    shown.set(item, (item.records as readonly ShownRecord[] | undefined) ?? doneBy.get(item.subject) ?? []);
  }
  const names = await memberNames(reader, [...shown.values()].flat());
  return new Map(
    items.map((item) => {
      const { subject, loses } = item;
      const records = shown.get(item)!.map((record) => viewRecord(record, names));
      return [item, { subject, patronId: null, username: '', name: subject.label, loses, records }];
    }),
  );
}

async function memberNames(
  reader: Pick<TenantReader, 'patrons'>,
  records: readonly ShownRecord[],
): Promise<Map<number, string>> {
  const ids = new Set(records.flatMap((record) => (record.entity === 'member' ? [record.patronId] : [])));
  const patrons = ids.size === 0 ? [] : await reader.patrons.findByIds([...ids]);
  return new Map(patrons.map((patron) => [patron.id, displayName(patron)]));
}

function viewRecord(record: ShownRecord, names: ReadonlyMap<number, string>): RecordOfPlan {
  const { entity, action, before, after } = record;
  return {
    entity,
    action,
    contactId: null,
    contact: null,
    member:
      record.entity === 'member'
        ? { patronId: record.patronId, name: names.get(record.patronId) ?? '' }
        : null,
    changes: fieldDifferences(before, after),
  };
}
