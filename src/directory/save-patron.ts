import { setPatronEmail, type EmailPlan } from '../domain/contact/patron-email.ts';
import { MusterError } from '../domain/errors.ts';
import type { RowNote } from '../domain/outcome.ts';
import { findClashes, keyClaim } from '../domain/patron/key-clashes.ts';
import { mergePatron, patronEquals } from '../domain/patron/merge-patron.ts';
import type { DeclaredPatron } from '../domain/patron/patron-row.ts';
import { keyFields, type KeyField, type Patron, type PatronValues } from '../domain/patron/patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import { noteLevel, noteMessage } from '../domain/row-notes.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { PatronWithContacts } from '../ports/patron-lookup.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { ContactListPlan } from './apply-contacts.ts';
import type { PatronPlan } from './apply-patrons.ts';
import type { HandEdit } from './hand-edits.ts';
import type { EditSurroundings } from './hand-standing.ts';

export interface SavedPatron extends PatronWithContacts {
  /** What was not done as asked: an e-mail set by hand that was kept (S2). */
  readonly notes: readonly RowNote[];
}

/**
 * Adds a patron; what is left out is blank, the role STUDENT, the status ACTIVE (M1). Refused with a `MusterError`:
 * `bad-request` without any key or with a hopeless e-mail, `conflict` where another patron has a key (S4).
 */
export function newPatron(declared: DeclaredPatron): HandEdit<SavedPatron> {
  return saving(undefined, declared);
}

/** Changes the patron that a path names; what is left out stays. Refused as `newPatron`. */
export function patronChange(who: string, declared: DeclaredPatron): HandEdit<SavedPatron> {
  return saving(who, declared);
}

function saving(who: string | undefined, declared: DeclaredPatron): HandEdit<SavedPatron> {
  return {
    who,
    keys: declared,
    plan: (around) => planSave(around, declared),
    answer: ({ patron, contacts, plan }) => ({
      patron,
      contacts,
      notes: (plan.contacts?.plan as EmailPlan | undefined)?.notes ?? [],
    }),
  };
}

function planSave(
  { patron: before, contacts, ownerOf }: EditSurroundings,
  { email, ...declared }: DeclaredPatron,
): PatronPlan {
  const after = mergePatron(before, declared);
  refuseKeyless(before, after);
  refuseClash(before, after, ownerOf);
  const changed = before === undefined || !patronEquals(before, after);
  return {
    before,
    after: changed ? after : undefined,
    contacts: email === undefined ? undefined : planEmail(contacts, email),
  };
}

/** A patron that no key names could not be found by any file; one that has none already may stay so. */
function refuseKeyless(before: Patron | undefined, after: PatronValues): void {
  const hasKey = (patron: PatronValues) => keyFields.some((field) => patron[field].trim() !== '');
  if (hasKey(after) || (before !== undefined && !hasKey(before))) return;
  throw new MusterError('bad-request', 'A patron needs at least one of username, barcode and externalid.', {
    fields: keyFields,
  });
}

/** S4: a key of another patron is refused and the other one named. */
function refuseClash(
  before: StoredPatron | undefined,
  after: PatronValues,
  ownerOf: EditSurroundings['ownerOf'],
): void {
  const id = before?.id ?? 0;
  const clashes = findClashes([keyClaim<PatronValues>(id, before, after)], ownerOf).get(id);
  if (clashes === undefined) return;
  throw new MusterError('conflict', clashes.map(noteMessage).join(' '), {
    clashes: clashes.map(({ column, value }) => ({
      field: column,
      value,
      patronId: ownerOf(column as KeyField, foldKey(value ?? ''))?.id,
    })),
  });
}

/** S2: the e-mail is a contact; one made by hand is kept and the notes say so. */
function planEmail(
  before: readonly StoredContact[],
  email: string,
): ContactListPlan & { readonly plan: EmailPlan } {
  const plan = setPatronEmail(before, email);
  const error = plan.notes.find(({ code }) => noteLevel(code) === 'error');
  if (error) throw new MusterError('bad-request', noteMessage(error), { field: 'email' });
  return { before, plan };
}
