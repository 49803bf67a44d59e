import type { FieldChange, FieldValue } from '../../domain/record-fields.ts';
import type { RecordOfRun } from '../../directory/history.ts';
import { viewPlan, type PlanItemView } from '../../directory/view-plan.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { printable, say } from './print.ts';

const patronsPerPage = 250;

/** Prints a plan patron by patron, piece by piece however long it is; as JSON one patron a line. */
export async function printPlan(
  reader: TenantReader,
  run: Run,
  { onlyLosing, json }: { readonly onlyLosing: boolean; readonly json: boolean },
): Promise<void> {
  for (let page = 1; ; page++) {
    const { items, total } = await viewPlan(reader, run, { page, pageSize: patronsPerPage, onlyLosing });
    for (const item of items) {
      if (json) console.log(printable(JSON.stringify(item)));
      else sayItem(item);
    }
    if (page * patronsPerPage >= (total ?? 0)) return;
  }
}

function sayItem({ patronId, username, name, records }: PlanItemView): void {
  const who = username === '' || username === name ? name : `${name} (${username})`;
  say(`${who === '' ? `patron ${patronId}` : who}${patronId === null ? ', new' : ''}`);
  for (const record of records) say(`  ${recordText(record)}`);
}

function recordText({ entity, action, contact, changes }: RecordOfRun): string {
  const what = entity === 'patron' ? 'patron' : `contact ${contact}`;
  // What a contact said that goes, or says that comes, in short; of what changes, old beside new.
  const told =
    action === 'updated' || action === 'inactivated'
      ? changes.map(({ field, before, after }) => `${field} ${valueText(before)} → ${valueText(after)}`)
      : changes.flatMap((change) => onlySide(change));
  return `${what} ${action}: ${told.join(', ')}`;
}

function onlySide({ field, before, after }: FieldChange): string[] {
  if (field === 'contact' || field === 'origin') return [];
  return [`${field} ${valueText(after ?? before)}`];
}

function valueText(value: FieldValue | null): string {
  if (value === null) return '(nothing)';
  return Array.isArray(value) ? value.join(';') : String(value);
}
