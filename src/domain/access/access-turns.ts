import { addDays } from './effective-day.ts';
import type { SetGraph } from './set-graph.ts';
import { spans, type LinkTurn, type Span } from './spans.ts';
import { addAll, meet, takeApart, targetsIn, type TargetBits } from './target-bits.ts';
import type { Day } from './term.ts';

/** What a patron's access gains and loses on a day, and by what. */
export interface AccessTurn {
  /** Targets by their numbers, ascending. */
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** The links that start or end on that day and had a part in it. */
  readonly because: readonly LinkTurn[];
}

/**
 * W3, W20: what changes for patrons on days of a time, net: a target that another chain grants as well is neither gained nor
 * lost. What patrons had and have is put together in the same few words of memory for all of them.
 */
export class TurnReckoner {
  readonly #graph: SetGraph;
  readonly #window: { readonly from: Day; readonly to: Day };
  readonly #had: TargetBits;
  readonly #has: TargetBits;
  readonly #kept: TargetBits;
  readonly #turnsOfSets = new Map<number, readonly Day[]>();
  readonly #epochs = new Map<Day, number>();
  readonly #eves = new Map<Day, Day>();

  constructor(graph: SetGraph, window: { readonly from: Day; readonly to: Day }) {
    this.#graph = graph;
    this.#had = graph.none();
    this.#has = graph.none();
    this.#kept = graph.none();
    this.#window = window;
  }

  /** The days of the time on which anything of these spans may change, ascending. */
  turnDays(ofPatron: readonly Span[]): Day[] {
    const days: Day[] = [];
    const add = (day: Day) => {
      if (this.#isWithin(day) && !days.includes(day)) days.push(day);
    };
    for (const { from, to, setId } of ofPatron) {
      if (from !== null) add(from);
      if (to !== null) add(to);
      for (const day of this.#setTurns(setId)) add(day);
    }
    return days.length < 2 ? days : days.sort((a, b) => (a < b ? -1 : 1));
  }

  /** What changes on the day for a patron with these spans; undefined where nothing does. */
  turnOn(ofPatron: readonly Span[], day: Day): AccessTurn | undefined {
    this.#putTogether(ofPatron, day);
    if (!takeApart(this.#had, this.#has)) return undefined;
    // What is left is what was had no longer, and what was had not before.
    return {
      gained: targetsIn(this.#has),
      lost: targetsIn(this.#had),
      because: this.#because(ofPatron, day),
    };
  }

  #isWithin(day: Day): boolean {
    return day >= this.#window.from && day < this.#window.to;
  }

  #setTurns(setId: number): readonly Day[] {
    let days = this.#turnsOfSets.get(setId);
    if (days === undefined) {
      days = this.#graph.turnsWithin(setId, this.#window.from, this.#window.to);
      this.#turnsOfSets.set(setId, days);
    }
    return days;
  }

  /** What the patron had on the eve and has on the day; what stays is put together once for both. */
  #putTogether(ofPatron: readonly Span[], day: Day): void {
    const eve = this.#eveOf(day);
    const [before, after] = [this.#epochOf(eve), this.#epochOf(day)];
    this.#had.fill(0);
    this.#has.fill(0);
    this.#kept.fill(0);
    for (const span of ofPatron) {
      const [counted, counts] = [spans(span, eve), spans(span, day)];
      if (counted && counts && before === after) {
        addAll(this.#kept, this.#graph.bitsOn(span.setId, day, after));
        continue;
      }
      if (counted) addAll(this.#had, this.#graph.bitsOn(span.setId, eve, before));
      if (counts) addAll(this.#has, this.#graph.bitsOn(span.setId, day, after));
    }
    addAll(this.#had, this.#kept);
    addAll(this.#has, this.#kept);
  }

  #because(ofPatron: readonly Span[], day: Day): LinkTurn[] {
    const links = new Set<LinkTurn>();
    const ofSets = new Set<number>();
    for (const span of ofPatron) {
      const turns = span.from === day || span.to === day || this.#setTurns(span.setId).includes(day);
      if (!turns || !this.#hasPart(span, day)) continue;
      if (span.from === day) for (const link of span.starting) links.add(link);
      if (span.to === day) for (const link of span.ending) links.add(link);
      ofSets.add(span.setId);
    }
    for (const id of ofSets) for (const link of this.#graph.turningOn(id, day)) links.add(link);
    return [...links];
  }

  /** Whether a span grants some of what is gained, or granted some of what is lost. */
  #hasPart(span: Span, day: Day): boolean {
    const eve = this.#eveOf(day);
    const granted = (on: Day) => this.#graph.bitsOn(span.setId, on, this.#epochOf(on));
    return (
      (spans(span, day) && meet(granted(day), this.#has)) ||
      (spans(span, eve) && meet(granted(eve), this.#had))
    );
  }

  #epochOf(day: Day): number {
    const epoch = this.#epochs.get(day) ?? this.#graph.epochOf(day);
    this.#epochs.set(day, epoch);
    return epoch;
  }

  #eveOf(day: Day): Day {
    const eve = this.#eves.get(day) ?? addDays(day, -1);
    this.#eves.set(day, eve);
    return eve;
  }
}
