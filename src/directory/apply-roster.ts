import type { MemberValues } from '../domain/group/group.ts';
import { actionOf, type StatusOf } from '../domain/plan/record-change.ts';
import { rosterWeight, type MemberUpdate, type RosterChange } from '../domain/plan/roster-change.ts';
import type { RecordChange } from '../ports/record-changes.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { RecordJournal } from './apply-records.ts';
import { PlannedIds } from './planned-ids.ts';

/**
 * Writes changes of rosters, each section at most once a call, with the journal of what stood before: the one
 * place where members are written, whether by a file, by hand or by an undo. Gives the sections' ids in the order
 * of the changes.
 */
export async function applyRosterChanges(
  tx: TenantTransactor,
  changes: readonly RosterChange[],
  journal: RecordJournal,
): Promise<number[]> {
  const ids = journal.ids ?? new PlannedIds();
  const { runId, at, importing, statusOf } = journal;
  const made: Stored[] = [];
  const updated: MemberUpdate[] = [];
  const removed: MemberValues[] = [];
  const touched: number[] = [];
  const inKeyOrder = changes
    .map((change) => ({ change, sectionId: ids.idOf(change.sectionId) }))
    .sort((a, b) => a.sectionId - b.sectionId);
  for (const { change, sectionId } of inKeyOrder) {
    if (rosterWeight(change) > 0) touched.push(sectionId);
    const creates = change.creates.map((member) => stored(sectionId, member, statusOf));
    for (const member of creates.sort((a, b) => a.patronId - b.patronId)) made.push(member);
    for (const update of change.updates) updated.push(update);
    for (const member of change.removes) removed.push(member);
  }
  if (removed.length > 0) await tx.members.remove(removed);
  if (updated.length > 0) {
    await tx.members.update(
      updated.map(({ after }) => stored(after.sectionId, after, statusOf)),
      at,
    );
  }
  if (made.length > 0) await tx.members.insert(made, { createdRun: runId, createdAt: at });
  await tx.recordChanges.append([
    ...removed.map((before) => memberEntry(journal, 'removed', before, null)),
    ...updated.map(({ before, after }) =>
      memberEntry(journal, actionOf(before, after, statusOf), before, after),
    ),
    ...(journal.journalCreations ? made : []).map((after) => memberEntry(journal, 'created', null, after)),
  ]);
  await tx.fingerprints.touched('roster', touched, importing);
  return changes.map(({ sectionId }) => ids.idOf(sectionId));
}

type Stored = MemberValues & { readonly status: ReturnType<StatusOf> };

/** Written out field by field: a spread copy costs several times as much, and imports make many. */
function stored(sectionId: number, member: MemberValues, statusOf: StatusOf): Stored {
  const { patronId, startDate, endDate, inactiveSince } = member;
  return { sectionId, patronId, startDate, endDate, inactiveSince, status: statusOf(member) };
}

function memberEntry(
  { runId, at, actor }: RecordJournal,
  action: RecordChange['action'],
  before: MemberValues | null,
  after: MemberValues | null,
): RecordChange {
  const { sectionId, patronId } = (after ?? before)!;
  return {
    runId,
    at,
    actor,
    entity: 'member',
    recordId: sectionId,
    patronId,
    action,
    before: before && said(before, action === 'removed'),
    after: after && said(after, false),
  };
}

/** What the journal says of a member; of one that was removed also who had made it. */
function said(
  member: MemberValues & Partial<{ createdRun: number | null; createdAt: number }>,
  gone: boolean,
) {
  const { sectionId, patronId, startDate, endDate, inactiveSince, createdRun, createdAt } = member;
  const values = { sectionId, patronId, startDate, endDate, inactiveSince };
  return gone ? { ...values, createdRun, createdAt } : values;
}
