import { recordEntities, type RecordEntity } from '../records.ts';
import { actionOf, termOf, type RecordPlanChange, type StatusOf } from './record-change.ts';

/** How many records of an entity become so; each counted once, however often the plan touches it. */
export interface RecordCounts {
  readonly created: number;
  readonly updated: number;
  readonly inactivated: number;
  readonly reactivated: number;
  /** Only an undo removes records: those that the undone run had made. */
  readonly removed: number;
}

/** By entity; only those of which anything changes. */
export type RecordConsequences = { readonly [E in RecordEntity]?: RecordCounts };

type Counting = { -readonly [Name in keyof RecordCounts]: number };

/** Adds up what the changes of records come to. */
export class RecordTally {
  readonly #statusOf: StatusOf;
  readonly #counts = new Map<RecordEntity, Counting>();
  readonly #seen = new Map<RecordEntity, Set<number>>();

  constructor(statusOf: StatusOf) {
    this.#statusOf = statusOf;
  }

  /** Adds one record; gives whether it becomes inactive. */
  add(change: RecordPlanChange): boolean {
    const { entity, before, after } = change;
    const counts = this.#countsOf(entity);
    if (before === undefined) {
      counts.created++;
      return false;
    }
    const loses = this.#becomes(before, after, 'inactivated');
    // What the plan itself makes, or has changed before, is counted already.
    if (before.id < 0 || !this.#isFirst(entity, before.id)) return loses;
    if (loses) counts.inactivated++;
    else if (this.#becomes(after, before, 'inactivated')) counts.reactivated++;
    else counts.updated++;
    return loses;
  }

  addRemoved(entity: RecordEntity): void {
    this.#countsOf(entity).removed++;
  }

  get total(): RecordConsequences | undefined {
    const total: { [E in RecordEntity]?: RecordCounts } = {};
    for (const entity of recordEntities) {
      const counts = this.#counts.get(entity);
      if (counts !== undefined) total[entity] = { ...counts };
    }
    return this.#counts.size === 0 ? undefined : total;
  }

  #becomes(
    before: RecordPlanChange['after'],
    after: RecordPlanChange['after'],
    action: 'updated' | 'inactivated',
  ): boolean {
    return actionOf(termOf(before), termOf(after), this.#statusOf) === action;
  }

  #isFirst(entity: RecordEntity, id: number): boolean {
    const seen = this.#seen.get(entity) ?? new Set();
    this.#seen.set(entity, seen);
    const { size } = seen;
    return seen.add(id).size > size;
  }

  #countsOf(entity: RecordEntity): Counting {
    let counts = this.#counts.get(entity);
    if (counts === undefined) {
      counts = { created: 0, updated: 0, inactivated: 0, reactivated: 0, removed: 0 };
      this.#counts.set(entity, counts);
    }
    return counts;
  }
}
