import type { AccessConsequences } from './access-consequences.ts';
import { PatronTally, type PatronConsequences } from './patron-tally.ts';
import type { PlanChange } from './plan-change.ts';
import type { StatusOf } from './record-change.ts';
import { RecordTally, type RecordConsequences } from './record-tally.ts';
import { RosterTally, type MemberConsequences } from './roster-tally.ts';

/** What a plan comes to for people; what it does not touch at all is left out. */
export interface Consequences extends PatronConsequences {
  readonly records?: RecordConsequences;
  readonly members?: MemberConsequences;
  readonly access?: AccessConsequences;
}

/** Adds up what the changes of a plan come to. */
export class ConsequenceTally {
  readonly #patrons = new PatronTally();
  readonly #records: RecordTally;
  readonly #rosters: RosterTally;

  /** `statusOf`: of records and members on the day of the plan. */
  constructor(statusOf: StatusOf) {
    this.#records = new RecordTally(statusOf);
    this.#rosters = new RosterTally(statusOf);
  }

  /** Adds what happens to one subject; gives whether anybody loses anything by it. */
  add(change: PlanChange): boolean {
    if (change.about === 'patron') return this.#patrons.add(change);
    return change.about === 'record' ? this.#records.add(change) : this.#rosters.add(change);
  }

  /** Adds a patron that an undo removes. */
  addRemovedPatron(): void {
    this.#patrons.addRemoved();
  }

  /** Adds a record that an undo removes. */
  addRemovedRecord(entity: Parameters<RecordTally['addRemoved']>[0]): void {
    this.#records.addRemoved(entity);
  }

  get total(): Consequences {
    const records = this.#records.total;
    const members = this.#rosters.total;
    return {
      ...this.#patrons.total,
      ...(records === undefined ? {} : { records }),
      ...(members === undefined ? {} : { members }),
    };
  }
}

/** How much a plan takes away, for the comparison with what was shown: each grows with what is taken. */
export function lossesOf({ patrons, records = {}, members }: Consequences): number[] {
  const ofRecords = Object.values(records).reduce(
    (sum, { inactivated, removed }) => sum + inactivated + removed,
    0,
  );
  return [patrons.inactivated, ofRecords, (members?.inactivated ?? 0) + (members?.removed ?? 0)];
}
