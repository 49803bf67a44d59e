import type { ChainLink } from './chain.ts';
import type { Day, Term } from './term.ts';

/** A link that starts or ends, by its id; of a membership the section's. One object for one turn, so that it can be counted. */
export interface LinkTurn extends Pick<ChainLink, 'entity' | 'id'> {
  readonly turn: 'start' | 'end';
}

/** Both turns of a link. */
export interface LinkTurns {
  readonly start: LinkTurn;
  readonly end: LinkTurn;
}

export function turnsOfLink(entity: ChainLink['entity'], id: number): LinkTurns {
  return { start: { entity, id, turn: 'start' }, end: { entity, id, turn: 'end' } };
}

/** The days on which all links of a chain before its set are active, and what they lead to. */
export interface Span {
  /** The first such day; null: ever since. */
  readonly from: Day | null;
  /** The first day after them; null: for ever. */
  readonly to: Day | null;
  readonly setId: number;
  /** The links that start on `from`, and those that end on `to`. */
  readonly starting: readonly LinkTurn[];
  readonly ending: readonly LinkTurn[];
}

/** A link with what decides whether it is active. */
export interface DatedLink {
  readonly turns: LinkTurns;
  readonly term: Term;
}

/**
 * The days on which every one of the links is active, which is W2 for all of them at once; undefined where there are none, or
 * where a flag is set at `at`.
 */
export function spanOf(links: readonly DatedLink[], setId: number, at: number): Span | undefined {
  let from: Day | null = null;
  let to: Day | null = null;
  for (const { term } of links) {
    const { startDate, endDate, inactiveSince } = term;
    if (inactiveSince !== null && inactiveSince <= at) return undefined;
    if (startDate !== null && (from === null || startDate > from)) from = startDate;
    if (endDate !== null && (to === null || endDate < to)) to = endDate;
  }
  if (from !== null && to !== null && to <= from) return undefined;
  const starting = from === null ? [] : links.filter(({ term }) => term.startDate === from);
  const ending = to === null ? [] : links.filter(({ term }) => term.endDate === to);
  return {
    from,
    to,
    setId,
    starting: starting.map(({ turns }) => turns.start),
    ending: ending.map(({ turns }) => turns.end),
  };
}

/** Whether the span counts on a day. */
export function spans({ from, to }: Span, day: Day): boolean {
  return (from === null || from <= day) && (to === null || to > day);
}

/** Whether any of its days, or the one after them, lies in a time; otherwise it can be left out of what happens then. */
export function touches({ from, to }: Span, window: { readonly from: Day; readonly to: Day }): boolean {
  return (from === null || from < window.to) && (to === null || to >= window.from);
}
