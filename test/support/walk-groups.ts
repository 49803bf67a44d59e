import { recordEntities, type RecordEntity } from '../../src/ports/records.ts';
import { termEntities } from '../../src/ports/daily-runs.ts';
import type { TenantTransactor } from '../../src/ports/tenant-store.ts';
import { insertRecords, newMember, newRecord } from './group-records.ts';
import { byHand, upTo } from './records.ts';

const firstPage = { page: 1, pageSize: 5 };
const day = '2026-03-02';

/** Calls every method of the stores of groups; patrons 1 to 30 are there. */
export async function walkGroups(tx: TenantTransactor): Promise<void> {
  for (const entity of recordEntities) await walkRecords(tx, entity);
  await walkMembers(tx);
  await walkRecordChanges(tx);
  await walkAccess(tx);
  await walkDailyRuns(tx);
  await walkAccessTurns(tx);
  await tx.members.remove([{ sectionId: 1, patronId: 2 }]);
  await tx.members.removeByPatron(1);
  for (const entity of recordEntities.toReversed()) await tx.records[entity].remove([30]);
}

/** An entity of which no more need be known than that its records are its own. */
async function walkRecords(tx: TenantTransactor, some: RecordEntity): Promise<void> {
  const entity = some as 'section';
  const records = tx.records[entity];
  const made = upTo(30).map((id) => newRecord[entity](id));
  await insertRecords(tx, entity, made);
  await walkWhatOnlySomeHave(tx, some);
  await records.update([newRecord[entity](30)], 1);
  await records.findById(1);
  await records.findByIds([1, 2]);
  await records.findByIdentifier('type-1');
  await records.mapByIdentifier(['type-1']);
  await records.list({ q: 'a b', ...firstPage });
  await records.listAfter(0, 5);
  await records.count();
  await records.listReferred([1]);
}

async function walkWhatOnlySomeHave({ records }: TenantTransactor, entity: RecordEntity): Promise<void> {
  if (entity === 'authorization-set') {
    const lists = { resourceTypes: [1], checkoutCenters: [1], wcoCheckoutCenters: [2], delegatedTo: [2] };
    await records[entity].update([newRecord[entity](1, { ...lists, sets: [2] })], 1);
    await records[entity].list({ status: 'ACTIVE', parentId: 1, ...firstPage });
  }
  if (entity === 'group') await records[entity].update([newRecord[entity](1, { primarySetId: 1 })], 1);
  if (entity === 'group' || entity === 'section') {
    await records[entity].list({ status: 'ACTIVE', parentId: 1, ...firstPage });
    await records[entity].list({ contactPatronId: 1, ...firstPage });
  }
}

async function walkMembers({ members }: TenantTransactor): Promise<void> {
  await members.insert(
    upTo(30).map((patronId) => newMember(1, patronId)),
    byHand,
  );
  await members.update([newMember(1, 1, { endDate: '2026-03-02' })], 1);
  await members.find(1, 1);
  await members.mapBySection([1]);
  await members.mapByPatron([1]);
  await members.listBySection(1, firstPage);
  await members.listBySection(1, { status: 'ACTIVE', ...firstPage });
  await members.countActive([1]);
  await members.isEmpty();
}

async function walkRecordChanges({ recordChanges }: TenantTransactor): Promise<void> {
  const actor = { name: 'a', channel: 'api' } as const;
  const after = { contactPatronId: 1 };
  const change = { runId: 1, at: 1, actor, action: 'updated', before: null, after } as const;
  await recordChanges.append([
    { ...change, entity: 'group', recordId: 1, patronId: null },
    { ...change, entity: 'member', recordId: 1, patronId: 1 },
  ]);
  await recordChanges.listByRecord('section', 1, firstPage);
  await recordChanges.listByRecord('section', 1, { withMembers: true, ...firstPage });
  await recordChanges.listByPatron(1);
  await recordChanges.listNamingPerson(1);
  for (const entity of [...recordEntities, 'member'] as const) {
    await recordChanges.listRecordsOfRun(1, entity, 0, 5);
  }
  await recordChanges.mapByRecord('group', [1]);
  await recordChanges.removeByPatron(1);
  await recordChanges.purgeBefore(1, 5);
}

async function walkAccess({ access, accessOverrides }: TenantTransactor): Promise<void> {
  const target = { kind: 'resource-type', id: 1 } as const;
  await access.listMemberships(1);
  await access.mapSetsReaching(target);
  await accessOverrides.insert({ at: 1, operator: 'a', patronId: 1, target, reason: 'r' });
  await accessOverrides.list(firstPage);
  await accessOverrides.list({ patronId: 1, ...firstPage });
  await accessOverrides.removeByPatron(1);
}

async function walkDailyRuns({ dailyRuns }: TenantTransactor): Promise<void> {
  await dailyRuns.begin(day, 1);
  for (const entity of termEntities) {
    const due = {
      turn: 'end',
      on: '2026-03-01',
      startDate: null,
      endDate: null,
      inactiveSince: null,
    } as const;
    const last = { ...due, id: 1, patronId: entity === 'member' ? 1 : null, status: 'ACTIVE' } as const;
    for (const after of [undefined, last, { ...last, turn: 'start' as const }]) {
      await dailyRuns.listDue(entity, day, after, 5);
    }
    await dailyRuns.listDated(entity, day, '2026-06-01');
    const { id, patronId } = last;
    await dailyRuns.saveStatuses(day, [{ entity, id, patronId, from: 'ACTIVE', to: 'INACTIVE' }]);
  }
  await dailyRuns.end({ day, at: 1, activated: 0, inactivated: 4, gaining: 0, losing: 1 });
  await dailyRuns.findLast();
  await dailyRuns.find(day);
  await dailyRuns.list(1, 5);
  await dailyRuns.listChanges(day, firstPage);
  await dailyRuns.listChangesByPatron(1);
  await dailyRuns.removeByPatron(1);
  await dailyRuns.purgeBefore('2026-03-03', 5);
}

async function walkAccessTurns({ accessFrame, accessTurns }: TenantTransactor): Promise<void> {
  await accessFrame.listSections(day);
  await accessFrame.listSets();
  await accessFrame.listMembersOfSections([1, 2], day);
  await accessFrame.listMembersOfPatrons([1, 2], day);
  await accessFrame.listPatronsOfSections([1, 2]);
  await accessFrame.listPatronsTurning(day, '2026-06-01', 5);
  await accessFrame.listMemberships([1, 2], day, 1);
  await accessFrame.listMembershipsAfter(1, 5, day, 1);
  await accessFrame.listInactive([1, 2]);
  const lost = [{ kind: 'resource-type', id: 1 } as const];
  await accessTurns.save(day, [
    { patronId: 1, gained: [], lost, because: [{ entity: 'section', id: 1, turn: 'end' }] },
    { patronId: 2, gained: [], lost, because: [] },
  ]);
  await accessTurns.list(day, firstPage);
  await accessTurns.listByPatron(1);
  await accessTurns.removeByPatron(1);
  await accessTurns.purgeBefore('2026-03-03', 5);
}
