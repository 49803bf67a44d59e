import type { PlannedPatronRecord } from '../domain/plan/patron-change.ts';
import { displayName } from '../domain/patron/identity.ts';
import type { PatronValues } from '../domain/patron/patron.ts';
import { differences } from '../domain/record-fields.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { PlanItem } from '../ports/plans.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { recordsOfRun } from './history.ts';
import type { PlanItemView, RecordOfPlan } from './plan-item-view.ts';

/** Items about patrons as they are shown: as planned, or as records and journal tell what was done. */
export async function viewPatronItems(
  reader: TenantReader,
  runId: number,
  items: readonly PlanItem[],
): Promise<Map<PlanItem, PlanItemView>> {
  const ids = items.flatMap(({ subject }) => subject.id ?? []);
  const patrons = new Map((await reader.patrons.findByIds(ids)).map((patron) => [patron.id, patron]));
  const done = items.flatMap(({ subject, records }) => (records === undefined ? (subject.id ?? []) : []));
  const contacts = await reader.contacts.mapByPatron(done);
  const journal = await reader.changes.mapByPatron(done);
  const views = new Map<PlanItem, PlanItemView>();
  for (const item of items) {
    const { subject, loses } = item;
    const id = subject.id ?? 0;
    const entries = journal.get(id) ?? [];
    const planned = item.records as readonly PlannedPatronRecord[] | undefined;
    const patron = patrons.get(id) ?? plannedPatron(planned) ?? removedPatron(entries);
    const name = patron === undefined ? '' : displayName(patron);
    const records =
      planned?.map(viewRecord) ??
      recordsOfRun(runId, patrons.get(id), contacts.get(id) ?? [], entries).map((record) => ({
        ...record,
        member: null,
      }));
    views.set(item, {
      subject: { ...subject, label: name },
      patronId: subject.id,
      username: patron?.username ?? '',
      name,
      loses,
      records,
    });
  }
  return views;
}

/** The record as it was planned. */
function plannedPatron(records: readonly PlannedPatronRecord[] = []): PatronValues | undefined {
  return records.find((record) => record.entity === 'patron')?.after;
}

/** The record as it stood when it was removed. */
function removedPatron(journal: readonly StoredChange[]): PatronValues | undefined {
  for (const { subject } of journal.toReversed()) {
    if (subject.entity === 'patron' && subject.action === 'removed') return subject.before;
  }
  return undefined;
}

function viewRecord(record: PlannedPatronRecord): RecordOfPlan {
  const { entity, action, before, after } = record;
  const shown = before ?? after;
  return {
    entity,
    action,
    contactId: entity === 'contact' ? (before?.id ?? null) : null,
    contact: entity === 'contact' ? (shown as { contact: string }).contact : null,
    member: null,
    changes: differences(before, after),
  };
}
