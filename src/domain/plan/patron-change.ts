import type { Contact } from '../contact/contact.ts';
import type { ContactPlan } from '../contact/contact-plan.ts';
import type { Patron, PatronValues } from '../patron/patron.ts';
import type { ShownContact } from '../record-fields.ts';

/** What a plan does to one patron and its contacts. */
export interface PatronChange {
  readonly about: 'patron';
  /** Null for a patron that is yet to be made. */
  readonly patronId: number | null;
  /** The record; undefined where it stays. */
  readonly record?: { readonly before: Patron | undefined; readonly after: PatronValues } | undefined;
  readonly contacts?: { readonly before: readonly Contact[]; readonly plan: ContactPlan } | undefined;
}

/** A patron or contact as a plan changes it, in the form of a journal entry. */
export type PlannedPatronRecord =
  | {
      readonly entity: 'patron';
      readonly action: 'created' | 'updated' | 'inactivated';
      readonly before?: PatronValues;
      readonly after: PatronValues;
    }
  | {
      readonly entity: 'contact';
      readonly action: 'created' | 'updated' | 'removed';
      readonly before?: Contact;
      readonly after?: ShownContact & { readonly id?: number };
    };

/** The records of a change one by one: the patron first, then the contacts that go, change and come. */
export function plannedPatronRecords({ record, contacts }: PatronChange): PlannedPatronRecord[] {
  const records: PlannedPatronRecord[] = [];
  if (record !== undefined) {
    const { before, after } = record;
    if (before === undefined) records.push({ entity: 'patron', action: 'created', after });
    else {
      const action = isInactivation(before, after) ? 'inactivated' : 'updated';
      records.push({ entity: 'patron', action, before, after });
    }
  }
  if (contacts === undefined) return records;
  const { removes, updates, creates } = contacts.plan;
  for (const before of removes) records.push({ entity: 'contact', action: 'removed', before });
  for (const { before, after } of updates) {
    records.push({ entity: 'contact', action: 'updated', before, after });
  }
  for (const { values, origin } of creates) {
    records.push({ entity: 'contact', action: 'created', after: { ...values, origin } });
  }
  return records;
}

/** Whether the patron stops being active. */
export function isInactivation(before: PatronValues, after: PatronValues): boolean {
  return before.status === 'ACTIVE' && after.status === 'INACTIVE';
}
