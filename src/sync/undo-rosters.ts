import { applyRosterChanges } from '../directory/apply-roster.ts';
import type { RecordJournal } from '../directory/apply-records.ts';
import { doneByRun } from '../directory/record-life.ts';
import { displayName } from '../domain/patron/identity.ts';
import type { MemberValues } from '../domain/group/group.ts';
import { rosterWeight, type MemberUpdate, type RosterChange } from '../domain/plan/roster-change.ts';
import type { Values } from '../domain/undo/done-by-run.ts';
import { undoMember } from '../domain/undo/undo-values.ts';
import type { StoredRecordChange } from '../ports/record-changes.ts';
import type { StoredMember } from '../ports/records.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { KeptRows } from './undo-kept.ts';

/** What becomes of the members of one section. */
interface RosterUndo {
  readonly change: RosterChange;
  /** Members that come back, once their sections have. */
  readonly back: readonly MemberValues[];
}

/** Told of every roster that is changed. */
export type SeeRoster = (change: RosterChange) => Promise<void>;

/** Takes back what a run did to members, each as a whole. */
export class RosterUndoing {
  /** Members set back, removed, and brought back. */
  readonly counts = { updated: 0, removed: 0, created: 0 };
  readonly #tx: TenantTransactor;
  readonly #runId: number;
  readonly #journal: RecordJournal;
  readonly #kept: KeptRows;
  readonly #see: SeeRoster;
  readonly #back: MemberValues[] = [];

  constructor(tx: TenantTransactor, runId: number, journal: RecordJournal, kept: KeptRows, see: SeeRoster) {
    this.#tx = tx;
    this.#runId = runId;
    this.#journal = journal;
    this.#kept = kept;
    this.#see = see;
  }

  /** Sets back and removes members of these sections; whoever comes back waits for `bringBack`. */
  async takeBack(sectionIds: readonly number[]): Promise<void> {
    const tx = this.#tx;
    const standing = await tx.members.mapBySection(sectionIds);
    const journal = await tx.recordChanges.mapByRecord('member', sectionIds);
    const sections = new Map((await tx.records.section.findByIds(sectionIds)).map((one) => [one.id, one]));
    const changes: RosterChange[] = [];
    for (const id of sectionIds) {
      const label = sections.get(id)?.uniqueIdentifier ?? String(id);
      const undo = await this.#planOne(id, label, standing.get(id) ?? [], journal.get(id) ?? []);
      this.#back.push(...undo.back);
      if (rosterWeight(undo.change) === 0) continue;
      changes.push(undo.change);
      await this.#see(undo.change);
    }
    await applyRosterChanges(tx, changes, this.#journal);
    await this.#kept.save(tx);
  }

  /** Brings back the members that the run had removed, unless their section or patron is gone. */
  async bringBack(): Promise<void> {
    const tx = this.#tx;
    for (const [sectionId, members] of Map.groupBy(this.#back, (member) => member.sectionId)) {
      const section = await tx.records.section.findById(sectionId);
      const ids = members.map(({ patronId }) => patronId);
      const patrons = new Set((await tx.patrons.findByIds(ids)).map(({ id }) => id));
      const creates = section === undefined ? [] : members.filter(({ patronId }) => patrons.has(patronId));
      const label = section?.uniqueIdentifier ?? String(sectionId);
      for (let gone = creates.length; gone < members.length; gone++) {
        this.#kept.add({ code: 'kept-removed-since', value: `a member of section ${label}` });
      }
      if (creates.length === 0) continue;
      const change = { ...emptyChange(sectionId, label), creates };
      this.counts.created += creates.length;
      await this.#see(change);
      await applyRosterChanges(tx, [change], this.#journal);
    }
    await this.#kept.save(tx);
  }

  async #planOne(
    sectionId: number,
    label: string,
    standing: readonly StoredMember[],
    journal: readonly StoredRecordChange[],
  ): Promise<RosterUndo> {
    const members = new Map(standing.map((member) => [member.patronId, member]));
    const entries = Map.groupBy(journal, ({ patronId }) => patronId!);
    const updates: MemberUpdate[] = [];
    const removes: MemberValues[] = [];
    const back: MemberValues[] = [];
    const kept = new Map<number, 'changed-since' | 'removed-since'>();
    for (const patronId of new Set([...members.keys(), ...entries.keys()])) {
      const member = members.get(patronId);
      const stands = member && { values: termValues(member), createdRun: member.createdRun };
      const done = doneByRun(this.#runId, stands, entries.get(patronId) ?? []);
      if (done === undefined) continue;
      const undo = undoMember(stands?.values, withoutKeys(done));
      const [first] = undo.kept;
      if (first !== undefined) kept.set(patronId, first.why);
      if (undo.remove && member) removes.push(member);
      if (undo.restore && member) updates.push({ before: member, after: { ...member, ...undo.restore } });
      if (undo.bringBack) back.push({ ...(undo.bringBack as unknown as MemberValues), sectionId, patronId });
    }
    this.counts.updated += updates.length;
    this.counts.removed += removes.length;
    await this.#tell(label, kept);
    return { change: { ...emptyChange(sectionId, label), updates, removes }, back };
  }

  async #tell(section: string, kept: ReadonlyMap<number, 'changed-since' | 'removed-since'>): Promise<void> {
    if (kept.size === 0) return;
    const patrons = await this.#tx.patrons.findByIds([...kept.keys()]);
    const names = new Map(patrons.map((patron) => [patron.id, displayName(patron)]));
    for (const [patronId, why] of kept) {
      const value = `section ${section}: ${names.get(patronId) ?? `patron ${patronId}`}`;
      this.#kept.add({ code: `kept-${why}`, value }, patronId);
    }
  }
}

function emptyChange(sectionId: number, section: string): RosterChange {
  return { about: 'roster', sectionId, section, active: 0, creates: [], updates: [], removes: [] };
}

function termValues({ startDate, endDate, inactiveSince }: MemberValues): Values {
  return { startDate, endDate, inactiveSince };
}

/** What was done, as far as it says anything of a member's own. */
function withoutKeys(done: NonNullable<ReturnType<typeof doneByRun>>): typeof done {
  const own = (values: Values) => termValues(values as unknown as MemberValues);
  if (done.action === 'created') return { ...done, after: own(done.after) };
  if (done.action === 'removed') return { ...done, before: own(done.before) };
  return { ...done, before: own(done.before), after: own(done.after) };
}
