import type { MemberValues } from '../domain/group/group.ts';
import type { PlannedRecord, PlanSubject } from '../domain/plan/planned-record.ts';
import type { RecordEntity, RecordTypes } from '../domain/records.ts';
import { referencesOf, shownMember, shownRecord, type ShownFields } from '../domain/shown-records.ts';
import type { DoneByRun, Values } from '../domain/undo/done-by-run.ts';
import type { StoredMember, StoredRecord } from '../ports/records.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { doneByRun } from './record-life.ts';
import { nameReferences } from './record-names.ts';

type ShownRecord = Exclude<PlannedRecord, { entity: 'patron' | 'contact' }>;

/** What one run did to records and rosters, from the journal and from who made what stands. */
export async function recordsDoneBy(
  reader: TenantReader,
  runId: number,
  subjects: readonly PlanSubject[],
): Promise<Map<PlanSubject, readonly ShownRecord[]>> {
  const found = new Map<PlanSubject, readonly ShownRecord[]>();
  for (const [entity, some] of Map.groupBy(subjects, (subject) => subject.entity)) {
    const ids = some.flatMap(({ id }) => id ?? []);
    if (entity === 'patron') continue;
    const done =
      entity === 'roster'
        ? await rostersDone(reader, runId, ids)
        : await recordsDone(reader, runId, entity, ids);
    for (const subject of some) found.set(subject, done.get(subject.id ?? 0) ?? []);
  }
  return found;
}

async function recordsDone(
  reader: TenantReader,
  runId: number,
  entity: RecordEntity,
  ids: readonly number[],
): Promise<Map<number, ShownRecord[]>> {
  const standing = await standingOf(reader, entity, ids);
  const journal = await reader.recordChanges.mapByRecord(entity, ids);
  const done = new Map<number, DoneByRun>();
  for (const id of ids) {
    const record = standing.get(id);
    const stands = record && { values: { ...record }, createdRun: record.createdRun };
    const one = doneByRun(runId, stands, journal.get(id) ?? []);
    if (one !== undefined) done.set(id, one);
  }
  const nameOf = await nameReferences(reader, [...done.values()].flatMap(sidesOf).flatMap(referencesOf));
  const shown = (values: Values) => shownRecord(values as unknown as RecordTypes[RecordEntity], nameOf);
  return new Map([...done].map(([id, one]) => [id, [{ entity, ...shownSides(one, shown) }]]));
}

async function standingOf(
  reader: TenantReader,
  entity: RecordEntity,
  ids: readonly number[],
): Promise<Map<number, StoredRecord<RecordEntity>>> {
  const records: StoredRecord<RecordEntity>[] = await reader.records[entity].findByIds(ids);
  return new Map(records.map((record) => [record.id, record]));
}

async function rostersDone(
  reader: TenantReader,
  runId: number,
  sectionIds: readonly number[],
): Promise<Map<number, ShownRecord[]>> {
  const standing = await reader.members.mapBySection(sectionIds);
  const journal = await reader.recordChanges.mapByRecord('member', sectionIds);
  const found = new Map<number, ShownRecord[]>();
  for (const sectionId of sectionIds) {
    const members = new Map((standing.get(sectionId) ?? []).map((member) => [member.patronId, member]));
    const entries = Map.groupBy(journal.get(sectionId) ?? [], ({ patronId }) => patronId!);
    const shown: ShownRecord[] = [];
    for (const patronId of new Set([...members.keys(), ...entries.keys()])) {
      const one = doneByRun(runId, memberStanding(members.get(patronId)), entries.get(patronId) ?? []);
      if (one !== undefined) shown.push({ entity: 'member', patronId, ...shownSides(one, memberFields) });
    }
    found.set(sectionId, shown);
  }
  return found;
}

/** What stands of a member, as `doneByRun` asks for it. */
function memberStanding(member: StoredMember | undefined) {
  return member && { values: { ...member }, createdRun: member.createdRun };
}

function memberFields(values: Values): ShownFields {
  return shownMember(values as unknown as MemberValues);
}

function sidesOf(done: DoneByRun): RecordTypes[RecordEntity][] {
  const sides = ['before' in done ? done.before : undefined, 'after' in done ? done.after : undefined];
  return sides.filter((side) => side !== undefined) as unknown as RecordTypes[RecordEntity][];
}

function shownSides(done: DoneByRun, shown: (values: Values) => ShownFields) {
  return {
    action: done.action,
    ...('before' in done ? { before: shown(done.before) } : {}),
    ...('after' in done ? { after: shown(done.after) } : {}),
  };
}
