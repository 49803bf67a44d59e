import { keyFields, type Patron, type PatronValues } from '../domain/patron/patron.ts';
import type { PatronChange } from '../domain/plan/patron-change.ts';
import type { Change } from '../ports/changes.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { touchWhoNames } from './touch-who-names.ts';
import { applyContactPlans, type ContactJournal, type ContactListPlan } from './apply-contacts.ts';

/** What is to change about one patron. */
export interface PatronPlan {
  /** Undefined for a new patron. */
  readonly before: Patron | undefined;
  /** Undefined where the record itself stays. */
  readonly after: PatronValues | undefined;
  /** What is to change among the contacts (S2). */
  readonly contacts: ContactListPlan | undefined;
}

/**
 * Writes patron plans with the journal of what stood before: the one place where patrons are written,
 * whether by a file, by hand, by a dialect or by an undo. Gives the patrons' ids in the order of the plans.
 */
export async function applyPatronPlans(
  tx: TenantTransactor,
  plans: readonly PatronPlan[],
  journal: ContactJournal,
): Promise<number[]> {
  const { runId, at, actor } = journal;
  const newOnes = plans.filter(({ before }) => before === undefined).length;
  let nextId = newOnes === 0 ? 0 : await tx.allocateIds('patron', newOnes);
  const ids = plans.map(({ before }) => before?.id ?? nextId++);

  const created: Patron[] = [];
  const updated: Patron[] = [];
  const changes: Change[] = [];
  for (const [index, { before, after }] of plans.entries()) {
    if (after === undefined) continue;
    const record = recordOf(after, ids[index]!);
    if (before === undefined) {
      created.push(record);
      if (!journal.journalCreations) continue;
      changes.push({
        runId,
        at,
        actor,
        patronId: record.id,
        subject: { entity: 'patron', action: 'created', after: record },
      });
    } else {
      updated.push(record);
      const action = before.status === 'ACTIVE' && record.status === 'INACTIVE' ? 'inactivated' : 'updated';
      const subject = {
        entity: 'patron',
        action,
        before: recordOf(before, before.id),
        after: record,
      } as const;
      changes.push({ runId, at, actor, patronId: before.id, subject });
    }
  }
  // Updates first: a new patron may get a key that one of them gives up.
  if (updated.length > 0) {
    const stored = plans.flatMap(({ before }) =>
      before === undefined ? [] : [[before.id, before] as const],
    );
    await tx.patrons.update(updated, at, new Map(stored));
  }
  if (created.length > 0) await tx.patrons.insert(created, { createdRun: runId, createdAt: at });
  await tx.changes.append(changes);
  await tx.fingerprints.touched(
    'patron',
    updated.map(({ id }) => id),
    journal.importing,
  );
  const renamed = plans.flatMap(({ before, after }) =>
    before !== undefined && after !== undefined && hasOtherKeys(before, after) ? [before.id] : [],
  );
  await touchWhoNames(tx, renamed);

  const contactPlans = plans.flatMap(({ contacts }, index) =>
    contacts === undefined ? [] : [{ patronId: ids[index]!, ...contacts }],
  );
  await applyContactPlans(tx, contactPlans, journal);
  return ids;
}

/** Whether a file that names the patron by a key may mean somebody else by it now. */
function hasOtherKeys(before: PatronValues, after: PatronValues): boolean {
  return keyFields.some((field) => before[field] !== after[field]);
}

/** The plan as it is shown and judged. */
export function changeOf({ before, after, contacts }: PatronPlan): PatronChange {
  return {
    about: 'patron',
    patronId: before?.id ?? null,
    record: after === undefined ? undefined : { before, after },
    contacts,
  };
}

/** The record alone, whatever else the given object carries. */
export function recordOf(values: PatronValues, id: number): Patron {
  const { username, barcode, externalid, firstname, surname, classgrade, room, role, status } = values;
  return { id, username, barcode, externalid, firstname, surname, classgrade, room, role, status };
}
