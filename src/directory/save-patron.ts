import { setPatronEmail, type EmailPlan } from '../domain/contact/patron-email.ts';
import { MusterError } from '../domain/errors.ts';
import type { RowNote } from '../domain/outcome.ts';
import { findClashes, keyClaim } from '../domain/patron/key-clashes.ts';
import { mergePatron, patronEquals } from '../domain/patron/merge-patron.ts';
import type { DeclaredPatron } from '../domain/patron/patron-row.ts';
import { keyFields, type KeyField, type Patron, type PatronValues } from '../domain/patron/patron.ts';
import { noteLevel, noteMessage } from '../domain/row-notes.ts';
import type { Actor } from '../ports/changes.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { ContactListPlan } from './apply-contacts.ts';
import { applyPatronPlans } from './apply-patrons.ts';

/** Who does something by hand, and when. */
export interface ByHand {
  readonly actor: Actor;
  readonly at: number;
}

export interface SavedPatron {
  readonly patron: StoredPatron;
  /** What was not done as asked: an e-mail set by hand that was kept (S2). */
  readonly notes: readonly RowNote[];
}

/**
 * Adds a patron; what is left out is blank, the role STUDENT, the status ACTIVE (M1). `MusterError`:
 * `bad-request` without any key or with a hopeless e-mail, `conflict` where another patron has a key (S4).
 */
export function createPatron(
  tx: TenantTransactor,
  declared: DeclaredPatron,
  by: ByHand,
): Promise<SavedPatron> {
  return save(tx, undefined, declared, by);
}

/** Changes a patron; what is left out stays. Refused as `createPatron`. */
export function changePatron(
  tx: TenantTransactor,
  before: StoredPatron,
  declared: DeclaredPatron,
  by: ByHand,
): Promise<SavedPatron> {
  return save(tx, before, declared, by);
}

async function save(
  tx: TenantTransactor,
  before: StoredPatron | undefined,
  { email, ...declared }: DeclaredPatron,
  by: ByHand,
): Promise<SavedPatron> {
  const after = mergePatron(before, declared);
  refuseKeyless(before, after);
  await refuseClash(tx, before, after);
  const emailPlan = email === undefined ? undefined : await planEmail(tx, before, email);
  const changed = before === undefined || !patronEquals(before, after);
  const [id] = await applyPatronPlans(
    tx,
    [{ before, after: changed ? after : undefined, contacts: emailPlan }],
    { ...by, runId: null, journalCreations: true },
  );
  const patron = await tx.patrons.findById(id!);
  return { patron: patron!, notes: emailPlan?.plan.notes ?? [] };
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
async function refuseClash(
  tx: TenantTransactor,
  before: StoredPatron | undefined,
  after: PatronValues,
): Promise<void> {
  const owners = new Map<KeyField, StoredPatron | undefined>();
  for (const field of keyFields) owners.set(field, await tx.patrons.findByKey(field, after[field]));
  const id = before?.id ?? 0;
  const clashes = findClashes([keyClaim<PatronValues>(id, before, after)], (field) => owners.get(field)).get(
    id,
  );
  if (clashes === undefined) return;
  throw new MusterError('conflict', clashes.map(noteMessage).join(' '), {
    clashes: clashes.map(({ column, value }) => ({
      field: column,
      value,
      patronId: owners.get(column as KeyField)?.id,
    })),
  });
}

/** S2: the e-mail is a contact; one made by hand is kept and the notes say so. */
async function planEmail(
  tx: TenantTransactor,
  patron: StoredPatron | undefined,
  email: string,
): Promise<ContactListPlan & { readonly plan: EmailPlan }> {
  const before = patron ? await tx.contacts.listByPatron(patron.id) : [];
  const plan = setPatronEmail(before, email);
  const error = plan.notes.find(({ code }) => noteLevel(code) === 'error');
  if (error) throw new MusterError('bad-request', noteMessage(error), { field: 'email' });
  return { before, plan };
}
