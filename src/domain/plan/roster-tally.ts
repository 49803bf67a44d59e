import type { StatusOf } from './record-change.ts';
import { rosterWeight, type RosterChange } from './roster-change.ts';

/** What a plan comes to for memberships. */
export interface MemberConsequences {
  /** Sections whose members change in any way. */
  readonly sections: number;
  /** New members that are not inactive from the first. */
  readonly gained: number;
  /** Those that were active and are so no more. */
  readonly inactivated: number;
  /** Those that were inactive and are so no more. */
  readonly reactivated: number;
  /** Those whose dates alone change. */
  readonly changed: number;
  /** Only an undo removes members: those that the undone run had made. */
  readonly removed: number;
}

/** What one section loses. */
export interface SectionLoss {
  readonly section: string;
  /** Active members that are active no more. */
  readonly count: number;
  /** Out of how many active ones. */
  readonly of: number;
}

/** Adds up what the changes of rosters come to. */
export class RosterTally {
  readonly #statusOf: StatusOf;
  readonly #total = { sections: 0, gained: 0, inactivated: 0, reactivated: 0, changed: 0, removed: 0 };

  constructor(statusOf: StatusOf) {
    this.#statusOf = statusOf;
  }

  /** Adds the changes of one section; gives whether any member loses anything. */
  add(change: RosterChange): boolean {
    if (rosterWeight(change) === 0) return false;
    const { creates, updates, removes } = change;
    const total = this.#total;
    total.sections++;
    for (const made of creates) if (this.#statusOf(made) !== 'INACTIVE') total.gained++;
    let lost = removes.length;
    for (const { before, after } of updates) {
      const [was, is] = [this.#statusOf(before), this.#statusOf(after)];
      if (was === 'ACTIVE' && is !== 'ACTIVE') lost++;
      else if (was === 'INACTIVE' && is !== 'INACTIVE') total.reactivated++;
      else total.changed++;
    }
    total.inactivated += lost - removes.length;
    total.removed += removes.length;
    return lost > 0;
  }

  get total(): MemberConsequences | undefined {
    return this.#total.sections === 0 ? undefined : { ...this.#total };
  }
}

/** How many of a section's active members a plan makes anything but active. */
export function sectionLoss(change: RosterChange, statusOf: StatusOf): SectionLoss {
  const { section, active, updates } = change;
  const lost = updates.filter(
    ({ before, after }) => statusOf(before) === 'ACTIVE' && statusOf(after) !== 'ACTIVE',
  );
  return { section, count: lost.length, of: active };
}
