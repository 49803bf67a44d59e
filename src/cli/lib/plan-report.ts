import type { FieldChange, FieldValue } from '../../domain/record-fields.ts';
import type { PlanItemView, RecordOfPlan } from '../../directory/plan-item-view.ts';
import { viewPlan } from '../../directory/view-plan.ts';
import { recordNouns } from '../../domain/records.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { printable, say } from './print.ts';

const itemsPerPage = 250;

/** Prints a plan subject by subject, piece by piece however long it is; as JSON one subject a line. */
export async function printPlan(
  reader: TenantReader,
  run: Run,
  { onlyLosing, json }: { readonly onlyLosing: boolean; readonly json: boolean },
): Promise<void> {
  for (let page = 1; ; page++) {
    const { items, total } = await viewPlan(reader, run, { page, pageSize: itemsPerPage, onlyLosing });
    for (const item of items) {
      if (json) console.log(printable(JSON.stringify(item)));
      else sayItem(item);
    }
    if (page * itemsPerPage >= (total ?? 0)) return;
  }
}

function sayItem(item: PlanItemView): void {
  say(subjectText(item));
  for (const record of item.records) say(`  ${recordText(record)}`);
}

function subjectText({ subject, patronId, username, name }: PlanItemView): string {
  const isNew = subject.id === null ? ', new' : '';
  if (subject.entity === 'roster') return `members of section ${name}${isNew}`;
  if (subject.entity !== 'patron') return `${recordNouns[subject.entity][0]} ${name}${isNew}`;
  const who = username === '' || username === name ? name : `${name} (${username})`;
  return `${who === '' ? `patron ${patronId}` : who}${isNew}`;
}

function recordText({ entity, action, contact, member, changes }: RecordOfPlan): string {
  const what = contact !== null ? `contact ${contact}` : (member?.name ?? nounOf(entity));
  // What a contact said that goes, or says that comes, in short; of what changes, old beside new.
  const told =
    action === 'updated' || action === 'inactivated'
      ? changes.map(({ field, before, after }) => `${field} ${valueText(before)} → ${valueText(after)}`)
      : changes.flatMap((change) => onlySide(change));
  return told.length === 0 ? `${what} ${action}` : `${what} ${action}: ${told.join(', ')}`;
}

function nounOf(entity: RecordOfPlan['entity']): string {
  return entity in recordNouns ? recordNouns[entity as keyof typeof recordNouns][0] : entity;
}

function onlySide({ field, before, after }: FieldChange): string[] {
  if (field === 'contact' || field === 'origin') return [];
  return [`${field} ${valueText(after ?? before)}`];
}

function valueText(value: FieldValue | null): string {
  if (value === null) return '(nothing)';
  return Array.isArray(value) ? value.join(';') : String(value);
}
