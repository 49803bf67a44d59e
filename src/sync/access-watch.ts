import type { Day } from '../domain/access/term.ts';
import { AccessChanges } from '../domain/plan/access-changes.ts';
import { TargetCounts, type AccessConsequences } from '../domain/plan/access-consequences.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { addSectionsOf, namedTargets, restrictedOf } from './access-reads.ts';
import { AccessStructure, keyOf, targetsOf, type AccessFrame } from './access-structure.ts';
import { Memberships } from './memberships.ts';
import type { Moment } from './plan-scope.ts';

/** Before every day there is: sections that have ended are to be found as well, since a plan may open them again. */
const everSince: Day = '0001-01-01';
const sectionsPerPiece = 200;
const patronsPerPiece = 1000;

/** Beyond so many memberships patrons are no longer looked at one by one. */
const membersMaxUsual = 200_000;

/** How the directory stands when a plan is settled: as before it, or with all of it written. */
export type Written =
  | { readonly written: false }
  | { readonly written: true; readonly idOf: (id: number) => number };

/**
 * Looks on while a plan is made and tells in the end which patrons lose or gain what they may reserve and enter today.
 * What stood before is read when the first change comes that access hangs on, so before anything of it is written.
 */
export class AccessWatch {
  readonly #moment: Moment;
  readonly #changes: AccessChanges;
  readonly #membersMax: number;
  #frame: AccessFrame | undefined;

  constructor(moment: Moment, membersMax = membersMaxUsual) {
    this.#moment = moment;
    this.#membersMax = membersMax;
    this.#changes = new AccessChanges(moment.statusOf, membersMax);
  }

  async see(reader: TenantReader, changes: readonly PlanChange[]): Promise<void> {
    for (const change of changes) this.#changes.add(change);
    if (this.#frame !== undefined || this.#changes.isEmpty) return;
    const { sets, targets } = await reader.accessFrame.listSets();
    this.#frame = { sets, targets, sections: await reader.accessFrame.listSections(everSince) };
  }

  /** What the whole plan comes to; undefined where it changes nobody's access. */
  async settle(reader: TenantReader, how: Written): Promise<AccessConsequences | undefined> {
    if (this.#frame === undefined) return undefined;
    const { closed, opened } = this.#changes;
    const structure = await this.#structure(reader, this.#frame, how);
    const turning = structure.turningSections();
    const counts = new TargetCounts();
    const exact = await this.#isFew(reader, turning);
    if (exact) await this.#countPatrons(reader, structure, turning, how, counts);
    else await this.#countMemberships(reader, structure, turning, how, counts);
    const targets = await namedTargets(reader, structure.targets, counts);
    if (targets.length + closed.length + opened.length === 0) return undefined;
    return { exact, targets, closed, opened };
  }

  async #structure(reader: TenantReader, frame: AccessFrame, how: Written): Promise<AccessStructure> {
    const restricted = await restrictedOf(
      reader,
      [...this.#changes.sets.values()].flatMap(({ after }) => targetsOf(after)),
    );
    const structure = new AccessStructure(
      frame,
      this.#changes,
      this.#moment,
      (target) => restricted.has(keyOf(target)),
      (id) => storedId(id, how),
    );
    // Sections of groups that had no primary set are not in the frame.
    for (const { before, after } of this.#changes.groups.values()) {
      if (after.primarySetId === null || (before !== undefined && before.primarySetId !== null)) continue;
      await addSectionsOf(reader, structure, storedId(after.id, how));
    }
    const unknown = structure.unknownGroups().filter((id) => id >= 0);
    const groups = unknown.length === 0 ? [] : await reader.records.group.findByIds(unknown);
    for (const group of groups) structure.addGroup(group.id, group, group.primarySetId);
    return structure;
  }

  /** Whether so few memberships are concerned that their patrons can be looked at one by one. */
  async #isFew(reader: TenantReader, turning: readonly number[]): Promise<boolean> {
    const { members } = this.#changes;
    if (members === undefined) return false;
    const stored = turning.filter((id) => id >= 0);
    const standing = stored.length === 0 ? 0 : await reader.members.countActive(stored);
    return members.length + standing <= this.#membersMax;
  }

  async #countPatrons(
    reader: TenantReader,
    structure: AccessStructure,
    turning: readonly number[],
    how: Written,
    counts: TargetCounts,
  ): Promise<void> {
    const memberships = new Memberships();
    for (const { sectionId, patronId, active } of this.#changes.members ?? []) {
      const id = storedId(sectionId, how);
      const { before, after } = structure.leadsOf(id);
      memberships.turn(patronId, { sectionId: id, activeBefore: !active, activeAfter: active });
      if ((active ? after : before).size > 0) memberships.concern(patronId);
    }
    const { day, statusOf } = this.#moment;
    for (const piece of pieces(
      turning.filter((id) => id >= 0),
      sectionsPerPiece,
    )) {
      for (const member of await reader.accessFrame.listMembersOfSections(piece, day)) {
        if (statusOf(member) === 'ACTIVE') memberships.concern(member.patronId);
      }
    }
    for (const piece of pieces(memberships.concerned(), patronsPerPiece)) {
      const inactive = new Set(await reader.accessFrame.listInactive(piece));
      for (const member of await reader.accessFrame.listMembersOfPatrons(piece, day)) {
        if (statusOf(member) === 'ACTIVE') memberships.stands(member.patronId, member.sectionId);
      }
      for (const patronId of piece) {
        if (!inactive.has(patronId)) counts.addPatron(memberships.of(patronId), structure.leadsOf);
        memberships.forget(patronId);
      }
    }
  }

  async #countMemberships(
    reader: TenantReader,
    structure: AccessStructure,
    turning: readonly number[],
    how: Written,
    counts: TargetCounts,
  ): Promise<void> {
    for (const [sectionId, { gained, lost }] of this.#changes.turnsOf) {
      const { before, after } = structure.leadsOf(storedId(sectionId, how));
      counts.add(before, new Set(), lost);
      counts.add(new Set(), after, gained);
    }
    // Those who stay, in sections that lead elsewhere: counted together where they lose and gain the same.
    const bySign = Map.groupBy(
      turning.filter((id) => id >= 0),
      (id) => {
        const { before, after } = structure.leadsOf(id);
        return `${signOf(before.difference(after))} ${signOf(after.difference(before))}`;
      },
    );
    for (const ids of bySign.values()) {
      const { before, after } = structure.leadsOf(ids[0]!);
      const standing = await reader.members.countActive(ids);
      const came = ids.reduce((sum, id) => sum + this.#turnsOf(id, how).gained, 0);
      const left = ids.reduce((sum, id) => sum + this.#turnsOf(id, how).lost, 0);
      const stay = standing - (how.written ? came : left);
      counts.add(before.difference(after), after.difference(before), Math.max(0, stay));
    }
  }

  #turnsOf(id: number, how: Written): { readonly gained: number; readonly lost: number } {
    const none = { gained: 0, lost: 0 };
    if (!how.written) return this.#changes.turnsOf.get(id) ?? none;
    this.#stored ??= new Map(
      Array.from(this.#changes.turnsOf, ([key, turns]) => [storedId(key, how), turns]),
    );
    return this.#stored.get(id) ?? none;
  }
  #stored: Map<number, { readonly gained: number; readonly lost: number }> | undefined;
}

function storedId(id: number, how: Written): number {
  return id < 0 && how.written ? how.idOf(id) : id;
}

function signOf(leads: ReadonlySet<number>): string {
  return [...leads].sort((a, b) => a - b).join(',');
}

function* pieces<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
