import type { AuthorizationSet } from '../authorization/authorization-set.ts';
import type { Group, MemberValues, Section } from '../group/group.ts';
import type { PlanChange } from './plan-change.ts';
import type { StatusOf } from './record-change.ts';
import type { RosterChange } from './roster-change.ts';

/** How a plan found a record first, and how it leaves it. */
export interface BeforeAndAfter<R> {
  readonly before: R | undefined;
  readonly after: R;
}

/** A membership that becomes or stops being active. */
export interface MemberTurn {
  readonly sectionId: number;
  readonly patronId: number;
  /** Whether it is active afterwards; before it was the other. */
  readonly active: boolean;
}

/** How many active members a section gains and loses. */
export interface SectionTurns {
  gained: number;
  lost: number;
}

/** Gathers, of all that a plan changes, what access hangs on. Ids of what is yet to be made are negative. */
export class AccessChanges {
  readonly groups = new Map<number, BeforeAndAfter<Group>>();
  readonly sections = new Map<number, BeforeAndAfter<Section>>();
  readonly sets = new Map<number, BeforeAndAfter<AuthorizationSet>>();
  /** Names of what becomes restricted, and of what is open to everybody from now on. */
  readonly closed: string[] = [];
  readonly opened: string[] = [];
  readonly turnsOf = new Map<number, SectionTurns>();
  readonly #statusOf: StatusOf;
  readonly #membersMax: number;
  #members: MemberTurn[] = [];
  #memberCount = 0;

  /** `membersMax`: of memberships that become or stop being active, so many are remembered one by one. */
  constructor(statusOf: StatusOf, membersMax: number) {
    this.#statusOf = statusOf;
    this.#membersMax = membersMax;
  }

  /** Whether nothing was gathered that access hangs on. */
  get isEmpty(): boolean {
    return (
      this.groups.size + this.sections.size + this.sets.size + this.#memberCount === 0 &&
      this.closed.length + this.opened.length === 0
    );
  }

  /** The memberships one by one; undefined where they are too many. */
  get members(): readonly MemberTurn[] | undefined {
    return this.#memberCount > this.#membersMax ? undefined : this.#members;
  }

  add(change: PlanChange): void {
    if (change.about === 'patron') return;
    if (change.about === 'roster') {
      this.#addRoster(change);
      return;
    }
    switch (change.entity) {
      case 'group':
        add(this.groups, change, groupFields);
        break;
      case 'section':
        add(this.sections, change, sectionFields);
        break;
      case 'authorization-set':
        add(this.sets, change, setFields);
        break;
      case 'resource-type':
        this.#addFlag(change.before?.restricted, change.after.restricted, change.after.name);
        break;
      case 'checkout-center': {
        const { before, after } = change;
        this.#addFlag(before?.portalRestricted, after.portalRestricted, `${after.name} (patron portal)`);
        this.#addFlag(before?.wcoRestricted, after.wcoRestricted, `${after.name} (at the desk)`);
        break;
      }
      case 'organization':
        break;
    }
  }

  #addFlag(before: boolean | undefined, after: boolean, name: string): void {
    // What is new nobody had.
    if (before === undefined || before === after) return;
    (after ? this.closed : this.opened).push(name);
  }

  #addRoster({ sectionId, creates, updates, removes }: RosterChange): void {
    for (const member of creates) if (this.#isActive(member)) this.#turn(sectionId, member, true);
    for (const member of removes) if (this.#isActive(member)) this.#turn(sectionId, member, false);
    for (const { before, after } of updates) {
      const active = this.#isActive(after);
      if (active !== this.#isActive(before)) this.#turn(sectionId, after, active);
    }
  }

  #turn(sectionId: number, { patronId }: MemberValues, active: boolean): void {
    let turns = this.turnsOf.get(sectionId);
    if (turns === undefined) this.turnsOf.set(sectionId, (turns = { gained: 0, lost: 0 }));
    if (active) turns.gained++;
    else turns.lost++;
    this.#memberCount++;
    if (this.#memberCount <= this.#membersMax) this.#members.push({ sectionId, patronId, active });
    else this.#members = [];
  }

  #isActive(member: MemberValues): boolean {
    return this.#statusOf(member) === 'ACTIVE';
  }
}

const term = ['startDate', 'endDate', 'inactiveSince'] as const;
const groupFields = [...term, 'primarySetId'] as const;
const sectionFields = [...term, 'groupId'] as const;
const setFields = [...term, 'resourceTypes', 'checkoutCenters', 'wcoCheckoutCenters', 'sets'] as const;

/** Remembers a change if access may hang on it; of several of one record the first before and the last after. */
function add<R extends { readonly id: number }>(
  changes: Map<number, BeforeAndAfter<R>>,
  { before, after }: { readonly before: R | undefined; readonly after: R },
  fields: readonly (keyof R)[],
): void {
  const known = changes.get(after.id);
  if (
    known === undefined &&
    before !== undefined &&
    fields.every((field) => same(before[field], after[field]))
  ) {
    return;
  }
  changes.set(after.id, { before: known === undefined ? before : known.before, after });
}

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
