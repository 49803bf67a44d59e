import { addDays } from './effective-day.ts';
import type { SetGraph, Targets } from './set-graph.ts';
import { spannedBefore, spans, type LinkTurn, type Span } from './spans.ts';
import type { Day } from './term.ts';

/** What a patron's access gains and loses on a day, and by what. */
export interface AccessTurn {
  /** Targets by their numbers, ascending. */
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** The links that start or end on that day and had a part in it. */
  readonly because: readonly LinkTurn[];
}

interface Difference {
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** Whether a set has any of them, by its id. */
  readonly concerns: Map<number, boolean>;
}

/**
 * W3, W20: what changes for patrons on days of a time, net: a target that another chain grants as well is neither gained nor
 * lost. Many patrons have the same sets before and after, so each pair is compared once.
 */
export class TurnReckoner {
  readonly #graph: SetGraph;
  readonly #window: { readonly from: Day; readonly to: Day };
  readonly #differences = new Map<string, Difference | undefined>();
  readonly #turnsOfSets = new Map<number, readonly Day[]>();
  readonly #eves = new Map<Day, Day>();

  constructor(graph: SetGraph, window: { readonly from: Day; readonly to: Day }) {
    this.#graph = graph;
    this.#window = window;
  }

  /** The days of the time on which anything of these spans may change, ascending. */
  turnDays(ofPatron: readonly Span[]): Day[] {
    const days = new Set<Day>();
    for (const { from, to, setId } of ofPatron) {
      if (from !== null && this.#isWithin(from)) days.add(from);
      if (to !== null && this.#isWithin(to)) days.add(to);
      for (const day of this.#setTurns(setId)) days.add(day);
    }
    return days.size < 2 ? [...days] : [...days].toSorted((a, b) => (a < b ? -1 : 1));
  }

  /** What changes on the day for a patron with these spans; undefined where nothing does. */
  turnOn(ofPatron: readonly Span[], day: Day): AccessTurn | undefined {
    const before = setsOf(ofPatron, day, spannedBefore);
    const after = setsOf(ofPatron, day, spans);
    const difference = this.#compare(before, after, day);
    return difference && { ...difference, because: this.#because(ofPatron, day, difference) };
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

  #compare(before: readonly number[], after: readonly number[], day: Day): Difference | undefined {
    const key = `${day} ${before.join(',')} ${after.join(',')}`;
    if (this.#differences.has(key)) return this.#differences.get(key);
    const had = this.#granted(before, this.#eveOf(day));
    const has = this.#granted(after, day);
    const gained = [...has].filter((target) => !had.has(target)).toSorted((a, b) => a - b);
    const lost = [...had].filter((target) => !has.has(target)).toSorted((a, b) => a - b);
    const difference = gained.length + lost.length === 0 ? undefined : { gained, lost, concerns: new Map() };
    this.#differences.set(key, difference);
    return difference;
  }

  #granted(setIds: readonly number[], day: Day): Targets {
    const [only] = setIds;
    if (setIds.length === 1) return this.#graph.grantedOn(only!, day);
    const all = new Set<number>();
    for (const id of setIds) for (const target of this.#graph.grantedOn(id, day)) all.add(target);
    return all;
  }

  #because(ofPatron: readonly Span[], day: Day, difference: Difference): LinkTurn[] {
    const links = new Set<LinkTurn>();
    const ofSets = new Set<number>();
    for (const span of ofPatron) {
      const counted = spannedBefore(span, day) || spans(span, day);
      if (!counted || !this.#concerns(span.setId, day, difference)) continue;
      if (span.from === day) for (const link of span.starting) links.add(link);
      if (span.to === day) for (const link of span.ending) links.add(link);
      ofSets.add(span.setId);
    }
    for (const id of ofSets) for (const link of this.#graph.turningOn(id, day)) links.add(link);
    return [...links];
  }

  #concerns(setId: number, day: Day, { gained, lost, concerns }: Difference): boolean {
    const known = concerns.get(setId);
    if (known !== undefined) return known;
    const had = this.#graph.grantedOn(setId, this.#eveOf(day));
    const has = this.#graph.grantedOn(setId, day);
    const concerned = gained.some((target) => has.has(target)) || lost.some((target) => had.has(target));
    concerns.set(setId, concerned);
    return concerned;
  }

  #eveOf(day: Day): Day {
    const eve = this.#eves.get(day) ?? addDays(day, -1);
    this.#eves.set(day, eve);
    return eve;
  }
}

/** The ids of the sets whose spans count, ascending, each once. */
function setsOf(ofPatron: readonly Span[], day: Day, counts: (span: Span, day: Day) => boolean): number[] {
  const ids: number[] = [];
  for (const span of ofPatron) {
    if (counts(span, day) && !ids.includes(span.setId)) ids.push(span.setId);
  }
  return ids.length < 2 ? ids : ids.toSorted((a, b) => a - b);
}
