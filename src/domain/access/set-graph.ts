import { turnsOfLink, type LinkTurn, type LinkTurns } from './spans.ts';
import { statusOn } from './status.ts';
import { addTarget, noTargets, targetsIn, type TargetBits } from './target-bits.ts';
import type { Day, Term } from './term.ts';

/** A set as many questions at once see it: targets are numbered from 0 by whoever asks. */
export interface FrameSet extends Term {
  readonly id: number;
  readonly targets: readonly number[];
  readonly nested: readonly number[];
}

const never: readonly never[] = [];

/** W16: all sets of a tenant with what each grants on a day, nested sets included, as flags stand at one instant. */
export class SetGraph {
  readonly #sets: ReadonlyMap<number, FrameSet>;
  readonly #at: number;
  /** Every day on which a set starts or ends, ascending: between two of them nothing about sets changes. */
  readonly #turns: readonly Day[];
  readonly #turnDays: ReadonlySet<Day>;
  readonly #granted = new Map<number, TargetBits[]>();
  readonly #targetCount: number;
  readonly #below = new Map<number, readonly FrameSet[]>();
  readonly #links = new Map<number, LinkTurns>();

  constructor(sets: readonly FrameSet[], at: number) {
    this.#targetCount = sets.reduce((most, set) => Math.max(most, ...set.targets.map((n) => n + 1)), 0);
    this.#sets = new Map(sets.map((set) => [set.id, set]));
    this.#at = at;
    const days = sets.flatMap(({ startDate, endDate }) => [startDate ?? [], endDate ?? []].flat());
    this.#turnDays = new Set(days);
    this.#turns = [...this.#turnDays].toSorted((a, b) => (a < b ? -1 : 1));
  }

  /** How many of the turns there are until the day, itself included; days with the same number see the same sets. */
  epochOf(day: Day): number {
    let [low, high] = [0, this.#turns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#turns[middle]! <= day) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** No targets, to be filled. */
  none(): TargetBits {
    return noTargets(this.#targetCount);
  }

  /** What the set grants on a day, by itself and through active sets nested in it. */
  grantedOn(setId: number, day: Day): ReadonlySet<number> {
    return new Set(targetsIn(this.bitsOn(setId, day)));
  }

  /** The same in an epoch, of which `day` is one; to be read only. */
  bitsOn(setId: number, day: Day, epoch = this.epochOf(day)): TargetBits {
    const ofSet = this.#granted.get(setId) ?? [];
    this.#granted.set(setId, ofSet);
    return (ofSet[epoch] ??= this.#collect(setId, day));
  }

  /** The days of a time on which the set, or one nested in it, starts or ends. */
  turnsWithin(setId: number, from: Day, to: Day): readonly Day[] {
    if (!this.#turns.some((day) => day >= from && day < to)) return never;
    const days = this.#setsBelow(setId).flatMap(({ startDate, endDate }) =>
      [startDate ?? [], endDate ?? []].flat(),
    );
    return [...new Set(days)].filter((day) => day >= from && day < to);
  }

  /** The sets, of this one and those nested in it, that start or end on a day. */
  turningOn(setId: number, day: Day): readonly LinkTurn[] {
    if (!this.#turnDays.has(day)) return never;
    return this.#setsBelow(setId).flatMap(({ id, startDate, endDate }) => {
      if (startDate === day) return this.#linkOf(id).start;
      return endDate === day ? this.#linkOf(id).end : [];
    });
  }

  #collect(setId: number, day: Day): TargetBits {
    const granted = this.none();
    const active = new Set([setId]);
    for (const id of active) {
      const set = this.#sets.get(id);
      if (set === undefined || statusOn(set, day, this.#at) !== 'ACTIVE') continue;
      for (const target of set.targets) addTarget(granted, target);
      for (const nested of set.nested) active.add(nested);
    }
    return granted;
  }

  #setsBelow(setId: number): readonly FrameSet[] {
    let below = this.#below.get(setId);
    if (below === undefined) {
      const ids = new Set([setId]);
      for (const id of ids) for (const nested of this.#sets.get(id)?.nested ?? []) ids.add(nested);
      below = [...ids].flatMap((id) => this.#sets.get(id) ?? []);
      this.#below.set(setId, below);
    }
    return below;
  }

  #linkOf(id: number): LinkTurns {
    const link = this.#links.get(id) ?? turnsOfLink('authorization-set', id);
    this.#links.set(id, link);
    return link;
  }
}
