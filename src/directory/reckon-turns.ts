import { TurnReckoner, type AccessTurn } from '../domain/access/access-turns.ts';
import { SetGraph } from '../domain/access/set-graph.ts';
import {
  spanOf,
  touches,
  turnsOfLink,
  type DatedLink,
  type LinkTurns,
  type Span,
} from '../domain/access/spans.ts';
import type { Day } from '../domain/access/term.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { FrameMember, FrameSection } from '../ports/access-turns.ts';
import type { TurningTerm } from '../ports/daily-runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/** Whole days, `to` not among them; flags count as they stand at `at`. */
export interface TurnWindow {
  readonly from: Day;
  readonly to: Day;
  readonly at: number;
}

/** Told of every patron and day on which something is gained or lost; days of a patron in order. */
export type TurnVisitor = (day: Day, patronId: number, turn: AccessTurn) => void;

type Reader = Pick<TenantReader, 'accessFrame' | 'dailyRuns'>;

/** Lets others work between two pieces of a long reckoning. */
export type Breathe = () => Promise<void>;

const sectionsPerPiece = 200;
const patronsPerPiece = 500;
const termsPerPiece = 5000;
/** Beyond so many patrons it is quicker to read every roster once than each patron's memberships. */
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
  const { sets, targets } = await reader.accessFrame.listSets();
  const graph = new SetGraph(sets, window.at);
  const frame = new Frame(await reader.accessFrame.listSections(window.from), graph, window);
  const patrons = await concernedPatrons(reader, frame, breathe);
  await readOtherMemberships(reader, frame, patrons, breathe);
  const reckoner = new TurnReckoner(graph, window);
  let visited = 0;
  for (const [patronId, spans] of patrons) {
    for (const day of reckoner.turnDays(spans)) {
      const turn = reckoner.turnOn(spans, day);
      if (turn !== undefined) visit(day, patronId, turn);
    }
    if (++visited % termsPerPiece === 0) await breathe();
  }
  return targets;
}

/** The sections that count in the window, and the spans of their members. */
class Frame {
  readonly window: TurnWindow;
  readonly #chains = new Map<number, SectionChain>();
  readonly #groups = new Map<number, LinkTurns>();
  #lastId = 0;
  #last: SectionChain | undefined;

  constructor(sections: readonly FrameSection[], graph: SetGraph, window: TurnWindow) {
    this.window = window;
    for (const section of sections) {
      const links = this.#linksOf(section);
      const span = spanOf(links, section.setId, window.at);
      if (span === undefined || !touches(span, window)) continue;
      const turns =
        isTurning(span, window) || graph.turnsWithin(section.setId, window.from, window.to).length > 0;
      this.#chains.set(section.id, {
        links,
        span,
        turns,
        member: turnsOfLink('member', section.id),
        own: new Map(),
      });
    }
  }

  /** Ids of sections where every member is concerned, and of all others. */
  sectionIds(turning: boolean): number[] {
    return [...this.#chains].filter(([, { turns }]) => turns === turning).map(([id]) => id);
  }

  /** Members come section by section, so the last one is remembered. */
  #chainOf(sectionId: number): SectionChain | undefined {
    if (sectionId !== this.#lastId) {
      this.#lastId = sectionId;
      this.#last = this.#chains.get(sectionId);
    }
    return this.#last;
  }

  /** Whether every member of the section is concerned, so that its roster is read whole. */
  isRead(sectionId: number): boolean {
    return this.#chainOf(sectionId)?.turns === true;
  }

  /** The days on which a membership counts; undefined where there are none in the window. */
  spanOf(member: FrameMember): Span | undefined {
    const chain = this.#chainOf(member.sectionId);
    if (chain === undefined) return undefined;
    const { startDate, endDate, inactiveSince } = member;
    if (inactiveSince !== null && inactiveSince <= this.window.at) return undefined;
    if (startDate === null && endDate === null) return chain.span;
    const key = `${startDate ?? ''} ${endDate ?? ''}`;
    if (chain.own.has(key)) return chain.own.get(key);
    const term = { startDate, endDate, inactiveSince: null };
    const own = spanOf([{ turns: chain.member, term }, ...chain.links], chain.span.setId, this.window.at);
    const counting = own !== undefined && touches(own, this.window) ? own : undefined;
    chain.own.set(key, counting);
    return counting;
  }

  #linksOf({ id, term, groupId, groupTerm }: FrameSection): DatedLink[] {
    const group = this.#groups.get(groupId) ?? turnsOfLink('group', groupId);
    this.#groups.set(groupId, group);
    return [
      { turns: turnsOfLink('section', id), term },
      { turns: group, term: groupTerm },
    ];
  }
}

interface SectionChain {
  readonly links: readonly DatedLink[];
  /** Of members without dates of their own. */
  readonly span: Span;
  readonly turns: boolean;
  readonly member: LinkTurns;
  /** Of members with dates of their own, by those. */
  readonly own: Map<string, Span | undefined>;
}

function isTurning({ from, to }: Span, window: TurnWindow): boolean {
  const isWithin = (day: Day | null) => day !== null && day >= window.from && day < window.to;
  return isWithin(from) || isWithin(to);
}

/**
 * Active patrons for whom something may turn in the window, with their spans in the sections where it does for every
 * member.
 */
async function concernedPatrons(
  reader: Reader,
  frame: Frame,
  breathe: Breathe,
): Promise<Map<number, Span[]>> {
  const { window } = frame;
  const found = new Map<number, Span[]>();
  for (const piece of pieces(frame.sectionIds(true), sectionsPerPiece)) {
    for (const member of await reader.accessFrame.listMembersOfSections(piece, window.from)) {
      const span = frame.spanOf(member);
      if (span === undefined) continue;
      const spans = found.get(member.patronId);
      if (spans === undefined) found.set(member.patronId, [span]);
      else spans.push(span);
    }
    await breathe();
  }
  for await (const { id, patronId, startDate, endDate, inactiveSince } of turningMembers(
    reader,
    window,
    breathe,
  )) {
    const span = frame.spanOf({ sectionId: id, patronId: patronId!, startDate, endDate, inactiveSince });
    if (span !== undefined && isTurning(span, window) && !found.has(patronId!)) found.set(patronId!, []);
  }
  const sorted = [...found.keys()].toSorted((a, b) => a - b);
  for (const piece of pieces(sorted, termsPerPiece)) {
    for (const id of await reader.accessFrame.listInactive(piece)) found.delete(id);
  }
  return new Map(sorted.flatMap((id) => (found.has(id) ? [[id, found.get(id)!] as const] : [])));
}

async function* turningMembers(
  { dailyRuns }: Reader,
  { from, to }: TurnWindow,
  breathe: Breathe,
): AsyncGenerator<TurningTerm> {
  for (let after: TurningTerm | undefined; ;) {
    const piece = await dailyRuns.listTurning('member', from, to, after, termsPerPiece);
    yield* piece;
    if (piece.length < termsPerPiece) return;
    after = piece.at(-1);
    await breathe();
  }
}

/** Adds the spans in all other sections: by patron where they are few, by roster where they are many. */
async function readOtherMemberships(
  { accessFrame }: Reader,
  frame: Frame,
  patrons: ReadonlyMap<number, Span[]>,
  breathe: Breathe,
): Promise<void> {
  const { from } = frame.window;
  const take = (members: readonly FrameMember[]) => {
    for (const member of members) {
      const spans = frame.isRead(member.sectionId) ? undefined : patrons.get(member.patronId);
      const span = spans && frame.spanOf(member);
      if (span !== undefined) spans!.push(span);
    }
  };
  if (patrons.size <= patronsLookedUpMax) {
    for (const piece of pieces([...patrons.keys()], patronsPerPiece)) {
      take(await accessFrame.listMembersOfPatrons(piece, from));
      await breathe();
    }
    return;
  }
  for (const piece of pieces(frame.sectionIds(false), sectionsPerPiece)) {
    take(await accessFrame.listMembersOfSections(piece, from));
    await breathe();
  }
}

function* pieces<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
