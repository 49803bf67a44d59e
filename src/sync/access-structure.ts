import { SetGraph, type FrameSet } from '../domain/access/set-graph.ts';
import type { Day, Term } from '../domain/access/term.ts';
import type { AuthorizationSet } from '../domain/authorization/authorization-set.ts';
import type { AccessChanges } from '../domain/plan/access-changes.ts';
import type { Leads, LeadsOf } from '../domain/plan/access-consequences.ts';
import type { StatusOf } from '../domain/plan/record-change.ts';
import type { FrameSection, FrameSets } from '../ports/access-turns.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { Moment } from './plan-scope.ts';

/** What stood before anything of a plan was written. */
export interface AccessFrame extends FrameSets {
  readonly sections: readonly FrameSection[];
}

/** A section with its group, as one side sees it. */
interface SectionState {
  readonly term: Term;
  readonly groupId: number;
}

interface GroupState {
  readonly term: Term;
  readonly setId: number | null;
}

const nowhere: Leads = new Set();

/** Sections, groups and sets before and after a plan, and what each section leads to on both sides. */
export class AccessStructure {
  /** What the places in `Leads` stand for. */
  readonly targets: AccessTarget[];
  readonly #places = new Map<string, number>();
  readonly #statusOf: StatusOf;
  readonly #day: Day;
  readonly #before: Side;
  readonly #after: Side;
  readonly #leads = new Map<number, ReturnType<LeadsOf>>();

  /**
   * `isRestricted`: whether a target that some changed set names is; others are open to everybody. `idOf`: where the plan
   * is written already, the ids under which what it made was stored.
   */
  constructor(
    frame: AccessFrame,
    changes: AccessChanges,
    moment: Moment,
    isRestricted: (target: AccessTarget) => boolean,
    idOf: (id: number) => number,
  ) {
    this.targets = [...frame.targets];
    for (const [place, target] of frame.targets.entries()) this.#places.set(keyOf(target), place);
    this.#statusOf = moment.statusOf;
    this.#day = moment.day;
    const setsAfter = new Map(frame.sets.map((set) => [set.id, set]));
    for (const { after } of changes.sets.values()) {
      setsAfter.set(idOf(after.id), this.#frameSet(after, isRestricted, idOf));
    }
    this.#before = new Side(frame.sections, new SetGraph(frame.sets, moment.at));
    this.#after = new Side(frame.sections, new SetGraph([...setsAfter.values()], moment.at));
    for (const { before, after } of changes.groups.values()) {
      if (before !== undefined) this.#before.putGroup(before.id, groupState(before, idOf));
      this.#after.putGroup(idOf(after.id), groupState(after, idOf));
    }
    for (const { before, after } of changes.sections.values()) {
      if (before !== undefined) this.#before.putSection(before.id, sectionState(before, idOf));
      this.#after.putSection(idOf(after.id), sectionState(after, idOf));
    }
  }

  /** Puts in a section that neither frame nor plan knew, because its group had no primary set. */
  addSection(id: number, term: Term, groupId: number): void {
    for (const side of [this.#before, this.#after])
      if (!side.hasSection(id)) side.putSection(id, { term, groupId });
  }

  /** The same for a group. */
  addGroup(id: number, term: Term, setId: number | null): void {
    for (const side of [this.#before, this.#after])
      if (!side.hasGroup(id)) side.putGroup(id, { term, setId });
  }

  /** Groups that sections belong to on either side and of which nothing is known. */
  unknownGroups(): number[] {
    return [...new Set([...this.#before.unknownGroups(), ...this.#after.unknownGroups()])];
  }

  /** Sections that lead elsewhere afterwards. */
  turningSections(): number[] {
    const ids = new Set([...this.#before.sectionIds(), ...this.#after.sectionIds()]);
    return [...ids].filter((id) => {
      const { before, after } = this.leadsOf(id);
      return before !== after && before.symmetricDifference(after).size > 0;
    });
  }

  readonly leadsOf: LeadsOf = (sectionId) => {
    let leads = this.#leads.get(sectionId);
    if (leads === undefined) {
      leads = {
        before: this.#leadsIn(this.#before, sectionId),
        after: this.#leadsIn(this.#after, sectionId),
      };
      this.#leads.set(sectionId, leads);
    }
    return leads;
  };

  #leadsIn(side: Side, sectionId: number): Leads {
    const section = side.section(sectionId);
    const group = section && side.group(section.groupId);
    if (section === undefined || group === undefined || group.setId === null) return nowhere;
    if (![section.term, group.term].every((term) => this.#statusOf(term) === 'ACTIVE')) return nowhere;
    return side.graph.grantedOn(group.setId, this.#day);
  }

  #frameSet(
    set: AuthorizationSet,
    isRestricted: (target: AccessTarget) => boolean,
    idOf: (id: number) => number,
  ): FrameSet {
    const { startDate, endDate, inactiveSince } = set;
    const targets = targetsOf(set)
      .filter(isRestricted)
      .map((target) => this.#placeOf(target));
    return { id: idOf(set.id), startDate, endDate, inactiveSince, targets, nested: set.sets.map(idOf) };
  }

  #placeOf(target: AccessTarget): number {
    const key = keyOf(target);
    const place = this.#places.get(key) ?? this.targets.push(target) - 1;
    this.#places.set(key, place);
    return place;
  }
}

/** One side of the plan. */
class Side {
  readonly graph: SetGraph;
  readonly #sections = new Map<number, SectionState>();
  readonly #groups = new Map<number, GroupState>();

  constructor(sections: readonly FrameSection[], graph: SetGraph) {
    this.graph = graph;
    for (const { id, term, groupId, groupTerm, setId } of sections) {
      this.#sections.set(id, { term, groupId });
      if (!this.#groups.has(groupId)) this.#groups.set(groupId, { term: groupTerm, setId });
    }
  }

  section(id: number): SectionState | undefined {
    return this.#sections.get(id);
  }

  group(id: number): GroupState | undefined {
    return this.#groups.get(id);
  }

  hasSection(id: number): boolean {
    return this.#sections.has(id);
  }

  hasGroup(id: number): boolean {
    return this.#groups.has(id);
  }

  putSection(id: number, section: SectionState): void {
    this.#sections.set(id, section);
  }

  putGroup(id: number, group: GroupState): void {
    this.#groups.set(id, group);
  }

  sectionIds(): Iterable<number> {
    return this.#sections.keys();
  }

  unknownGroups(): number[] {
    return Array.from(this.#sections.values(), ({ groupId }) => groupId).filter(
      (id) => !this.#groups.has(id),
    );
  }
}

/** What a set grants by itself. */
export function targetsOf(set: AuthorizationSet): AccessTarget[] {
  const of = (kind: AccessTarget['kind'], ids: readonly number[]) => ids.map((id) => ({ kind, id }));
  return [
    ...of('resource-type', set.resourceTypes),
    ...of('checkout-center', set.checkoutCenters),
    ...of('wco-checkout-center', set.wcoCheckoutCenters),
  ];
}

export function keyOf({ kind, id }: AccessTarget): string {
  return `${kind} ${id}`;
}

function groupState(
  group: Term & { readonly primarySetId: number | null },
  idOf: (id: number) => number,
): GroupState {
  return { term: group, setId: group.primarySetId === null ? null : idOf(group.primarySetId) };
}

function sectionState(
  section: Term & { readonly groupId: number },
  idOf: (id: number) => number,
): SectionState {
  return { term: section, groupId: idOf(section.groupId) };
}
