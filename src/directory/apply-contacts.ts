import type { ContactPlan } from '../domain/contact/contact-plan.ts';
import type { RunCounts } from '../domain/outcome.ts';
import type { Actor, Change } from '../ports/changes.ts';
import type { NewContact, StoredContact } from '../ports/contacts.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';

/** What is to change among the contacts of one patron. */
export interface PatronContactPlan {
  readonly patronId: number;
  readonly plan: ContactPlan;
}

/** Who does it, when, and by which run; imports need no entry for what they create. */
export interface ContactJournal {
  /** Null where no run is behind it: by hand, or by a dialect that sets one patron. */
  readonly runId: number | null;
  readonly at: number;
  readonly actor: Actor;
  readonly journalCreations: boolean;
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
  const created = newContacts(inKeyOrder);
  const unnumbered = created.filter(({ id }) => id === 0);
  if (unnumbered.length > 0) {
    const first = await tx.allocateIds('contact', unnumbered.length);
    for (const [index, contact] of unnumbered.entries()) contact.id = first + index;
  }
  await writeRemovals(tx, inKeyOrder);
  await writeUpdates(tx, inKeyOrder);
  if (created.length > 0) {
    await tx.contacts.insert(created, { createdRun: journal.runId, createdAt: journal.at });
  }
  await tx.changes.append(journalEntries(inKeyOrder, created, journal));
  return created.map((contact) => contact.id);
}

type Draft = { -readonly [Field in keyof NewContact]: NewContact[Field] };

function newContacts(plans: readonly PatronContactPlan[]): Draft[] {
  const created: Draft[] = [];
  for (const { patronId, plan } of plans) {
    for (const { values, origin, importedAs, id = 0 } of plan.creates) {
      const { type, role, primary, addressee, contact, bcc, sms, scenarios } = values;
      created.push({
        id,
        patronId,
        type,
        role,
        primary,
        addressee,
        contact,
        bcc,
        sms,
        scenarios,
        origin,
        importedAs,
      });
    }
  }
  return created;
}

async function writeRemovals(tx: TenantTransactor, plans: readonly PatronContactPlan[]): Promise<void> {
  const keys = plans.flatMap(({ patronId, plan }) => plan.removes.map(({ id }) => ({ patronId, id })));
  if (keys.length > 0) await tx.contacts.remove(keys);
}

async function writeUpdates(tx: TenantTransactor, plans: readonly PatronContactPlan[]): Promise<void> {
  const updated = plans.flatMap(({ patronId, plan }) =>
    plan.updates.map(({ after }) => ({ ...after, patronId })),
  );
  if (updated.length > 0) await tx.contacts.update(updated);
}

function journalEntries(
  plans: readonly PatronContactPlan[],
  created: readonly NewContact[],
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
  if (!journal.journalCreations) return changes;
  for (const { patronId, ...after } of created) {
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
