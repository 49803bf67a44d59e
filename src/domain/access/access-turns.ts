import { addDays } from './effective-day.ts';
import type { SetGraph } from './set-graph.ts';
import { spans, type LinkTurn, type Span } from './spans.ts';
import { addAll, meet, takeApart, type TargetBits } from './target-bits.ts';
import type { Day } from './term.ts';

/** What a patron's access gains and loses on a day, and by what. */
export interface AccessTurn {
  /** To be read before the next turn is reckoned: the words are the same for all. */
  readonly gained: TargetBits;
  readonly lost: TargetBits;
  /** The links that start or end on that day and had a part in it. */
  readonly because: readonly LinkTurn[];
}

/** A span with what becomes of it in a time; one for all patrons who have it. */
export interface WatchedSpan {
  readonly span: Span;
  /** The days on which it, or a set it leads to, starts or ends. */
  readonly days: readonly Day[];
  /** What it grants throughout, where there are none. */
  readonly steady: TargetBits | undefined;
  /** What becomes of it on those days, as far as somebody asked. */
  readonly turns: Map<Day, SpanTurn>;
}

/** What a span grants on the eve of a day and on the day; undefined where nothing. */
interface SpanTurn {
  readonly had: TargetBits | undefined;
  readonly has: TargetBits | undefined;
  /** What starts or ends of its links, and of the sets it leads to. */
  readonly links: readonly LinkTurn[];
  readonly ofSets: readonly LinkTurn[];
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
  readonly #steady: TargetBits;
  readonly #turnsOfSets = new Map<number, readonly Day[]>();
  readonly #eves = new Map<Day, Day>();

  constructor(graph: SetGraph, window: { readonly from: Day; readonly to: Day }) {
    this.#graph = graph;
    this.#had = graph.none();
    this.#has = graph.none();
    this.#kept = graph.none();
    this.#steady = graph.none();
    this.#window = window;
  }

  /** The span, which touches the time, as patrons who have it are reckoned with. */
  watch(span: Span): WatchedSpan {
    const days = new Set(this.#setTurns(span.setId));
    for (const day of [span.from, span.to]) if (day !== null && this.#isWithin(day)) days.add(day);
    const steady = days.size === 0 ? this.#graph.bitsOn(span.setId, this.#window.from) : undefined;
    return { span, days: [...days], steady, turns: new Map() };
  }

  /** Tells of every day on which something changes for a patron with these spans, in order. */
  reckon(ofPatron: readonly WatchedSpan[], visit: (day: Day, turn: AccessTurn) => void): void {
    const days = daysOf(ofPatron);
    if (days.length === 0) return;
    this.#steady.fill(0);
    for (const { steady } of ofPatron) if (steady !== undefined) addAll(this.#steady, steady);
    const turning = ofPatron.filter(({ steady }) => steady === undefined);
    for (const day of days) {
      this.#putTogether(turning, day);
      if (!takeApart(this.#had, this.#has, this.#kept)) continue;
      visit(day, { gained: this.#has, lost: this.#had, because: this.#because(turning, day) });
    }
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

  /** What the patron had on the eve and has on the day, and what stays whatever becomes of the rest. */
  #putTogether(turning: readonly WatchedSpan[], day: Day): void {
    this.#had.fill(0);
    this.#has.fill(0);
    this.#kept.set(this.#steady);
    for (const watched of turning) {
      if (watched.days.includes(day)) {
        const { had, has } = this.#turnOf(watched, day);
        if (had !== undefined) addAll(this.#had, had);
        if (has !== undefined) addAll(this.#has, has);
      } else if (spans(watched.span, day)) {
        addAll(this.#kept, this.#graph.bitsOn(watched.span.setId, day));
      }
    }
  }

  /** Of the spans that grant some of what is gained, or granted some of what is lost. */
  #because(turning: readonly WatchedSpan[], day: Day): LinkTurn[] {
    const links = new Set<LinkTurn>();
    const ofSets = new Set<LinkTurn>();
    for (const { turns } of turning) {
      const turn = turns.get(day);
      if (turn === undefined) continue;
      const { had, has } = turn;
      if (!((has && meet(has, this.#has)) || (had && meet(had, this.#had)))) continue;
      for (const link of turn.links) links.add(link);
      for (const link of turn.ofSets) ofSets.add(link);
    }
    return [...links, ...ofSets];
  }

  /** On one of the span's days. */
  #turnOf({ span, turns }: WatchedSpan, day: Day): SpanTurn {
    const known = turns.get(day);
    if (known !== undefined) return known;
    const { from, to, setId, starting, ending } = span;
    const grantedOn = (on: Day) => (spans(span, on) ? this.#graph.bitsOn(setId, on) : undefined);
    const turn = {
      had: grantedOn(this.#eveOf(day)),
      has: grantedOn(day),
      links: [...(from === day ? starting : []), ...(to === day ? ending : [])],
      ofSets: this.#graph.turningOn(setId, day),
    };
    turns.set(day, turn);
    return turn;
  }

  #eveOf(day: Day): Day {
    const eve = this.#eves.get(day) ?? addDays(day, -1);
    this.#eves.set(day, eve);
    return eve;
  }
}

/** The days of all of them, ascending. */
function daysOf(ofPatron: readonly WatchedSpan[]): Day[] {
  const found: Day[] = [];
  for (const { days } of ofPatron) for (const day of days) if (!found.includes(day)) found.push(day);
  return found.length < 2 ? found : found.sort((a, b) => (a < b ? -1 : 1));
}
