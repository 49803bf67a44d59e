import { leftBy, type ContactCreate, type ContactPlan } from '../domain/contact/contact-plan.ts';
import type { RunCounts } from '../domain/outcome.ts';
import type { Actor, Change } from '../ports/changes.ts';
import type { ContactListChange, StoredContact } from '../ports/contacts.ts';
import type { Provenance } from '../ports/patrons.ts';
import type { FileKindName } from '../ports/runs.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';

/** What is to change among the contacts of a patron. */
export interface ContactListPlan {
  /** All contacts of the patron as they stand, in the order in which they were made. */
  readonly before: readonly StoredContact[];
  readonly plan: ContactPlan;
}

export interface PatronContactPlan extends ContactListPlan {
  readonly patronId: number;
}

/** Who does it, when, and by which run; imports need no entry for what they create. */
export interface ContactJournal {
  /** Null where no run is behind it: by hand, or by a dialect that sets one patron. */
  readonly runId: number | null;
  readonly at: number;
  readonly actor: Actor;
  readonly journalCreations: boolean;
  /**
   * Who made, and when, the contacts that an undo brings back, by their ids: they are still that one's, who may be undone
   * later. Their return is journalled, since the record does not tell of it.
   */
  readonly broughtBack?: ReadonlyMap<number, Provenance> | undefined;
  /** The kind whose import writes what its own file says; it keeps its fingerprints up to date by itself. */
  readonly importing?: FileKindName | undefined;
}

/**
 * Writes contact plans, each at most once a patron, with the journal of what stood before. The one place
 * where contacts are written, whether by a file, by hand, by an e-mail set elsewhere (S2) or by an undo.
 * Gives the ids of the created contacts, in the order of the plans.
 */
export async function applyContactPlans(
  tx: TenantTransactor,
  plans: readonly PatronContactPlan[],
  journal: ContactJournal,
): Promise<number[]> {
  const inKeyOrder = plans.toSorted((a, b) => a.patronId - b.patronId);
  let unnumbered = 0;
  for (const { plan } of plans) for (const { id } of plan.creates) if (id === undefined) unnumbered++;
  let nextId = unnumbered === 0 ? 0 : await tx.allocateIds('contact', unnumbered);
  const created: StoredContact[] = [];
  const lists = inKeyOrder.map(({ patronId, before, plan }): ContactListChange => {
    const made = plan.creates.map((create) => newContact(patronId, create, create.id ?? nextId++, journal));
    for (const contact of made) created.push(contact);
    return { patronId, before, after: listAfter(before, plan, made) };
  });
  await tx.contacts.saveLists(lists);
  await tx.fingerprints.touched(
    'patron',
    lists.map(({ patronId }) => patronId),
    journal.importing,
  );
  await tx.changes.append(journalEntries(inKeyOrder, created, journal));
  return created.map((contact) => contact.id);
}

/** Written out field by field: a spread copy costs several times as much, and imports make many. */
function newContact(
  patronId: number,
  { values, origin, importedAs }: ContactCreate,
  id: number,
  journal: ContactJournal,
): StoredContact {
  const made = journal.broughtBack?.get(id);
  return {
    patronId,
    id,
    type: values.type,
    role: values.role,
    primary: values.primary,
    addressee: values.addressee,
    contact: values.contact,
    bcc: values.bcc,
    sms: values.sms,
    scenarios: values.scenarios,
    origin,
    importedAs,
    createdRun: made === undefined ? journal.runId : made.createdRun,
    createdAt: made === undefined ? journal.at : made.createdAt,
  };
}

function listAfter(
  before: readonly StoredContact[],
  plan: ContactPlan,
  made: StoredContact[],
): readonly StoredContact[] {
  if (before.length === 0) return made;
  // An undo brings a contact back under its old id, so in its old place.
  return leftBy(plan, before)
    .concat(made)
    .sort((a, b) => a.id - b.id);
}

function journalEntries(
  plans: readonly PatronContactPlan[],
  created: readonly StoredContact[],
  journal: ContactJournal,
): Change[] {
  const { runId, at, actor } = journal;
  const changes: Change[] = [];
  for (const { patronId, plan } of plans) {
    for (const before of plan.removes as readonly StoredContact[]) {
      changes.push({ runId, at, actor, patronId, subject: { entity: 'contact', action: 'removed', before } });
    }
    for (const { before, after } of plan.updates) {
      const subject = { entity: 'contact', action: 'updated', before, after } as const;
      changes.push({ runId, at, actor, patronId, subject });
    }
  }
  // Most imports journal no creation, and make hundreds of thousands.
  const { broughtBack } = journal;
  const journalled = journal.journalCreations
    ? created
    : broughtBack === undefined
      ? []
      : created.filter(({ id }) => broughtBack.has(id));
  for (const { patronId, createdRun: _run, createdAt: _at, ...after } of journalled) {
    changes.push({ runId, at, actor, patronId, subject: { entity: 'contact', action: 'created', after } });
  }
  return changes;
}

/** Adds what a contact plan does to the counts of a run (records, not rows). */
export function countContactPlan(counts: RunCounts, plan: ContactPlan): void {
  counts.created += plan.creates.length;
  counts.updated += plan.updates.length;
  counts.removed += plan.removes.length;
  counts.unchanged += plan.unchanged;
}
