import { contactFields, type Contact } from '../contact/contact.ts';
import { contactIdentity } from '../contact/identity.ts';
import { patronFields } from '../patron/merge-patron.ts';
import type { PatronValues } from '../patron/patron.ts';
import type { PatronChange } from '../plan/patron-change.ts';

/** What an undo did to one patron: the entries of its journal, and the contacts it brought back. */
export interface UndoneOfPatron {
  /** The record as the undone run had left it, and as the undo put it. */
  readonly records: readonly { readonly before: PatronValues; readonly after: PatronValues }[];
  readonly contactsSetBack: readonly { readonly before: Contact; readonly after: Contact }[];
  readonly contactsRemoved: readonly Contact[];
  /** Ids of contacts that the undone run had removed. */
  readonly broughtBack: ReadonlySet<number>;
}

/**
 * Whether a change would do again what an undo took back: give a field the very value that the undo took from
 * it, remove what it brought back or bring back what it removed. Any other change of the same patron is none.
 */
export function redoes({ record, contacts }: PatronChange, undone: UndoneOfPatron): boolean {
  if (record?.before !== undefined) {
    const { before, after } = record;
    if (undone.records.some((one) => setsAgain(patronFields, one, before, after))) return true;
  }
  if (contacts === undefined) return false;
  const { creates, updates, removes } = contacts.plan;
  if (removes.some(({ id }) => undone.broughtBack.has(id))) return true;
  const removed = new Set(undone.contactsRemoved.map(contactIdentity));
  if (removed.size > 0 && creates.some(({ values }) => removed.has(contactIdentity(values)))) return true;
  return updates.some(({ before, after }) =>
    undone.contactsSetBack.some(
      (one) => one.after.id === after.id && setsAgain(contactFields, one, before, after),
    ),
  );
}

/** Whether a field that the undo changed gets the value again that the undo took away. */
function setsAgain<T>(
  fields: readonly (keyof T)[],
  undone: { readonly before: T; readonly after: T },
  before: T,
  after: T,
): boolean {
  return fields.some(
    (field) =>
      undone.before[field] !== undone.after[field] &&
      before[field] !== after[field] &&
      after[field] === undone.before[field],
  );
}
