import { setPatronEmail, type EmailPlan } from '../contact/patron-email.ts';
import type { Contact } from '../contact/contact.ts';
import { planWeight } from '../contact/contact-plan.ts';
import type { RowNote } from '../outcome.ts';
import { noteLevel } from '../row-notes.ts';
import { findClashes, keyClaim, type KeyOwnerOf } from './key-clashes.ts';
import { mergePatron, patronEquals } from './merge-patron.ts';
import type { DeclaredPatron } from './patron-row.ts';
import type { Patron, PatronValues } from './patron.ts';

/** What is said of one patron that a field names. */
export interface PatronWish {
  readonly declared: DeclaredPatron;
  /** Whether a patron that nobody is may be made (F15). */
  readonly mayCreate: boolean;
}

/** What stands where the wish is to be written. */
export interface WishSurroundings<Stored extends Patron> {
  /** Those that the wish's field and value name: one too many is refused (S4). */
  readonly matches: readonly Stored[];
  /** Contacts of the patron that matches. */
  readonly contacts: readonly Contact[];
  readonly ownerOf: KeyOwnerOf;
  /** F16: a tenant may keep others from making librarians. */
  readonly mayMakeLibrarians: boolean;
}

/** Why a wish is refused: then nothing of it is done. */
export type WishRefusal =
  | { readonly why: 'nobody' | 'several' | 'librarian' }
  | { readonly why: 'notes'; readonly notes: readonly RowNote[] };

export interface WishPlan<Stored extends Patron> {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly before: Stored | undefined;
  /** The record as it will stand, changed or not. */
  readonly after: PatronValues;
  readonly recordChanged: boolean;
  readonly email: EmailPlan | undefined;
}

/**
 * Plans one wish: refused where it names several patrons, or none and may make none (F15), where a key is another's
 * (S4), an e-mail hopeless (I16), or a librarian would be made where none may (F16). Writes nothing.
 */
export function planWish<Stored extends Patron>(
  { declared, mayCreate }: PatronWish,
  { matches, contacts, ownerOf, mayMakeLibrarians }: WishSurroundings<Stored>,
): WishPlan<Stored> | WishRefusal {
  // S4: what names several is an error, never an update.
  if (matches.length > 1) return { why: 'several' };
  const before = matches[0];
  // F15: made only where that is allowed.
  if (before === undefined && !mayCreate) return { why: 'nobody' };
  const { email, ...values } = declared;
  const after = mergePatron(before, values);
  // F16: one that is a librarian already may stay so.
  if (after.role === 'LIBRARIAN' && before?.role !== 'LIBRARIAN' && !mayMakeLibrarians) {
    return { why: 'librarian' };
  }
  const id = before?.id ?? 0;
  const clashes = findClashes([keyClaim<PatronValues>(id, before, after)], ownerOf).get(id);
  if (clashes !== undefined) return { why: 'notes', notes: clashes };
  const emailPlan = email === undefined ? undefined : setPatronEmail(contacts, email);
  const wrong = emailPlan?.notes.filter(({ code }) => noteLevel(code) === 'error') ?? [];
  if (wrong.length > 0) return { why: 'notes', notes: wrong };
  const recordChanged = before === undefined || !patronEquals(before, after);
  const emailChanged = emailPlan !== undefined && planWeight(emailPlan) > 0;
  const outcome = before === undefined ? 'created' : recordChanged || emailChanged ? 'updated' : 'unchanged';
  return {
    outcome,
    before,
    after,
    recordChanged,
    email: emailChanged || emailPlan?.notes.length ? emailPlan : undefined,
  };
}
