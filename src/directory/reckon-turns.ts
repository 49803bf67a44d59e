import { TurnReckoner, type AccessTurn, type WatchedSpan } from '../domain/access/access-turns.ts';
import { SetGraph } from '../domain/access/set-graph.ts';
import { spanOf, touches, turnsOfLink, type DatedLink, type LinkTurns } from '../domain/access/spans.ts';
import type { Day, Term } from '../domain/access/term.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { FrameMemberships, FrameSection } from '../ports/access-turns.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/** Whole days, `to` not among them; flags count as they stand at `at`. */
export interface TurnWindow {
  readonly from: Day;
  readonly to: Day;
  readonly at: number;
}

/** Told of every patron and day on which something is gained or lost; by patron id, days of a patron in order. */
export type TurnVisitor = (day: Day, patronId: number, turn: AccessTurn) => void;

type Reader = Pick<TenantReader, 'accessFrame'>;

/** Lets others work between two pieces of a long reckoning. */
export type Breathe = () => Promise<void>;

const sectionsPerPiece = 200;
const patronsPerPiece = 1000;
/** Beyond so many patrons it is quicker to read everybody's memberships than to look theirs up. */
const patronsLookedUpMax = 20_000;

/**
 * Works out who gains and loses access on days of a time (W3, W20), from the same dates and by the same functions for the daily
 * run and the calendar. Reads what leads to patrons for whom something turns in that time, and then only those
 * patrons' memberships. Gives the targets that the numbers in the turns stand for.
 */
export async function reckonTurns(
  reader: Reader,
  window: TurnWindow,
  visit: TurnVisitor,
  breathe: Breathe = () => Promise.resolve(),
): Promise<readonly AccessTarget[]> {
  const { accessFrame } = reader;
  const { sets, targets } = await accessFrame.listSets();
  const reckoner = new TurnReckoner(new SetGraph(sets, window.at), window);
  const frame = new Frame(await accessFrame.listSections(window.from), reckoner, window);
  const concerned = await concernedPatrons(reader, frame, breathe);
  for await (const piece of membershipsOf(reader, concerned, window)) {
    const turning = piece.flatMap((memberships) => {
      const spans = frame.spansOf(memberships);
      return spans.some(({ days }) => days.length > 0) ? { patronId: memberships.patronId, spans } : [];
    });
    const inactive = new Set(await accessFrame.listInactive(turning.map(({ patronId }) => patronId)));
    for (const { patronId, spans } of turning) {
      if (inactive.has(patronId)) continue;
      reckoner.reckon(spans, (day, turn) => visit(day, patronId, turn));
    }
    await breathe();
  }
  return targets;
}

/** The sections that count in the time, and the spans of their members. */
class Frame {
  readonly window: TurnWindow;
  readonly #reckoner: TurnReckoner;
  /** Most sections have no term of their own and share the chain of their group. */
  readonly #chains = new Map<number, Chain>();
  readonly #groups = new Map<number, PossibleChain>();
  /** Members with dates of their own, by section. */
  readonly #members = new Map<number, DatedMembers>();

  constructor(sections: readonly FrameSection[], reckoner: TurnReckoner, window: TurnWindow) {
    this.window = window;
    this.#reckoner = reckoner;
    for (const section of sections) {
      const chain = this.#chainOf(section);
      if (isWatched(chain)) this.#chains.set(section.id, chain);
    }
  }

  /** The sections of which every member is concerned. */
  turningSections(): number[] {
    return [...this.#chains].filter(([, { watched }]) => watched.days.length > 0).map(([id]) => id);
  }

  /** The days on which each of a patron's memberships counts; those left out that do not in the time. */
  spansOf({ undated, dated }: FrameMemberships): WatchedSpan[] {
    const spans: WatchedSpan[] = [];
    for (const sectionId of undated) {
      const chain = this.#chains.get(sectionId);
      if (chain !== undefined) spans.push(chain.watched);
    }
    for (const { sectionId, startDate, endDate } of dated) {
      const chain = this.#chains.get(sectionId);
      const watched = chain && this.#ofDates(sectionId, chain, startDate, endDate);
      if (watched !== undefined) spans.push(watched);
    }
    return spans;
  }

  #ofDates(
    sectionId: number,
    chain: Chain,
    startDate: Day | null,
    endDate: Day | null,
  ): WatchedSpan | undefined {
    const { from, to } = this.window;
    const isWithin = (day: Day | null) => day !== null && day >= from && day < to;
    if (!isWithin(startDate) && !isWithin(endDate)) {
      // It counts on no day of the time, or on all of them and on the eve: then as if it had no dates.
      const counts = (startDate === null || startDate < from) && (endDate === null || endDate >= to);
      return counts ? chain.watched : undefined;
    }
    let members = this.#members.get(sectionId);
    if (members === undefined) {
      members = { turns: turnsOfLink('member', sectionId), byDates: new Map() };
      this.#members.set(sectionId, members);
    }
    const { turns, byDates } = members;
    const key = `${startDate ?? ''} ${endDate ?? ''}`;
    if (byDates.has(key)) return byDates.get(key);
    const member = { turns, term: { startDate, endDate, inactiveSince: null } };
    const { watched } = this.#watch([member, ...chain.links], chain.setId);
    byDates.set(key, watched);
    return watched;
  }

  #chainOf({ id, term, groupId, groupTerm, setId }: FrameSection): PossibleChain {
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      group = this.#watch([{ turns: turnsOfLink('group', groupId), term: groupTerm }], setId);
      this.#groups.set(groupId, group);
    }
    if (isAlways(term)) return group;
    return this.#watch([{ turns: turnsOfLink('section', id), term }, ...group.links], setId);
  }

  #watch(links: readonly DatedLink[], setId: number): PossibleChain {
    const span = spanOf(links, setId, this.window.at);
    const counts = span !== undefined && touches(span, this.window);
    return { links, setId, watched: counts ? this.#reckoner.watch(span) : undefined };
  }
}

/** What leads from a section to its set. */
interface Chain {
  readonly links: readonly DatedLink[];
  readonly setId: number;
  /** Of members without dates of their own. */
  readonly watched: WatchedSpan;
}

/** One that may not count in the time at all. */
interface PossibleChain extends Omit<Chain, 'watched'> {
  readonly watched: WatchedSpan | undefined;
}

function isWatched(chain: PossibleChain): chain is Chain {
  return chain.watched !== undefined;
}

interface DatedMembers {
  readonly turns: LinkTurns;
  readonly byDates: Map<string, WatchedSpan | undefined>;
}

function isAlways({ startDate, endDate, inactiveSince }: Term): boolean {
  return startDate === null && endDate === null && inactiveSince === null;
}

/** Every patron for whom something may turn in the time, ascending; undefined where they are very many. */
async function concernedPatrons(
  { accessFrame }: Reader,
  frame: Frame,
  breathe: Breathe,
): Promise<number[] | undefined> {
  const { from, to } = frame.window;
  const found = new Set(await accessFrame.listPatronsTurning(from, to, patronsLookedUpMax + 1));
  for (const piece of pieces(frame.turningSections(), sectionsPerPiece)) {
    if (found.size > patronsLookedUpMax) return undefined;
    for (const patronId of await accessFrame.listPatronsOfSections(piece)) found.add(patronId);
    await breathe();
  }
  return found.size > patronsLookedUpMax ? undefined : [...found].toSorted((a, b) => a - b);
}

/** The memberships of the patrons, or else of all there are, by patron id. */
async function* membershipsOf(
  { accessFrame }: Reader,
  patrons: readonly number[] | undefined,
  { from, at }: TurnWindow,
): AsyncGenerator<readonly FrameMemberships[]> {
  if (patrons !== undefined) {
    for (const piece of pieces(patrons, patronsPerPiece)) {
      yield await accessFrame.listMemberships(piece, from, at);
    }
    return;
  }
  for (let after = 0; ;) {
    const piece = await accessFrame.listMembershipsAfter(after, patronsPerPiece, from, at);
    if (piece.length > 0) yield piece;
    if (piece.length < patronsPerPiece) return;
    after = piece.at(-1)!.patronId;
  }
}

function* pieces<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
