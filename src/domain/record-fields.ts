import { contactFields, type Contact } from './contact/contact.ts';
import { scenarioNames } from './contact/scenarios.ts';
import { patronFields } from './patron/merge-patron.ts';
import type { PatronValues } from './patron/patron.ts';

export type FieldValue = string | boolean | string[];

/** What a field said before and after; null: there was, or is, nothing. */
export interface FieldChange {
  readonly field: string;
  readonly before: FieldValue | null;
  readonly after: FieldValue | null;
}

/** A contact as far as it is shown; a planned one has no id yet. */
export type ShownContact = Omit<Contact, 'id' | 'importedAs'>;

/** The fields of a record as they are shown; blank texts are left out, being nothing. */
export function fieldsOf(record: PatronValues | ShownContact): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  if ('contact' in record) {
    const { scenarios, ...words } = record;
    for (const field of contactFields) if (field !== 'scenarios') fields[field] = words[field];
    fields['origin'] = record.origin;
    fields['scenarios'] = scenarioNames(scenarios);
  } else for (const field of patronFields) fields[field] = record[field];
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** The fields in which two records differ, old value beside new; undefined: there is no such record. */
export function differences(
  before: PatronValues | ShownContact | undefined,
  after: PatronValues | ShownContact | undefined,
): FieldChange[] {
  return fieldDifferences(before && fieldsOf(before), after && fieldsOf(after));
}

/** The same of fields that are put in words already. */
export function fieldDifferences(
  had: Readonly<Record<string, FieldValue>> = {},
  has: Readonly<Record<string, FieldValue>> = {},
): FieldChange[] {
  const names = new Set([...Object.keys(had), ...Object.keys(has)]);
  return [...names]
    .map((field) => ({ field, before: had[field] ?? null, after: has[field] ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}
