import type { ChainLink, Membership, ReachingSets } from './chain.ts';
import { startOfDay } from './effective-day.ts';
import { walkSets } from './set-paths.ts';
import { statusOn } from './status.ts';
import type { Day } from './term.ts';

/** What is known of a patron and a target when somebody asks (W20). */
export interface AccessQuestion {
  readonly patronActive: boolean;
  /** An unrestricted target is there for every active patron. */
  readonly restricted: boolean;
  readonly memberships: readonly Membership[];
  readonly reaching: ReachingSets;
  /** The effective day (W1) of the instant `at` in the tenant's zone. */
  readonly day: Day;
  readonly at: number;
  readonly zone: string;
}

/** Why one chain does not grant. */
export interface Denial {
  /** The first link that denies. */
  readonly link: ChainLink;
  /** The links before it, from the member on. */
  readonly before: readonly ChainLink[];
  /** When that link opens by its dates (epoch milliseconds); null: never. */
  readonly opensAt: number | null;
  /** When this membership grants by all the dates there are; null: never. */
  readonly chainOpensAt: number | null;
}

export type AccessVerdict = 'unrestricted' | 'chain' | 'patron-inactive' | 'no-chain' | 'denied';

export interface AccessDecision {
  readonly verdict: AccessVerdict;
  readonly granted: boolean;
  /** The links that grant, from the member to the set that has the target; empty without such a chain. */
  readonly chain: readonly ChainLink[];
  /** Where none grants: the first link that denies of every chain there is, those that open soonest first. */
  readonly denials: readonly Denial[];
}

/**
 * W20: whether a patron may have a target at an instant, and why. Every status is worked out from dates and flags of
 * that instant (W2); what was stored of it is not asked.
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  if (!question.patronActive) return { verdict: 'patron-inactive', granted: false, chain: [], denials: [] };
  if (!question.restricted) return { verdict: 'unrestricted', granted: true, chain: [], denials: [] };
  const candidates = question.memberships.filter((membership) => leadsTo(membership, question.reaching));
  if (candidates.length === 0) return { verdict: 'no-chain', granted: false, chain: [], denials: [] };
  for (const candidate of candidates) {
    const chain = chainOn(candidate, question.reaching, question.day, question.at);
    if (chain !== undefined) return { verdict: 'chain', granted: true, chain, denials: [] };
  }
  const denials = candidates.flatMap((candidate) => denialsOf(candidate, question));
  return { verdict: 'denied', granted: false, chain: [], denials: denials.toSorted(soonestFirst) };
}

type Candidate = Membership & { readonly primarySet: ChainLink };

function leadsTo(membership: Membership, reaching: ReachingSets): membership is Candidate {
  return membership.primarySet !== undefined && reaching.has(membership.primarySet.id);
}

/** The chain of a membership that grants on a day; undefined where none does. */
function chainOn(
  { member, section, group, primarySet }: Candidate,
  reaching: ReachingSets,
  day: Day,
  at: number,
): ChainLink[] | undefined {
  const isActive = (link: ChainLink) => statusOn(link, day, at) === 'ACTIVE';
  if (![member, section, group].every(isActive)) return undefined;
  const { granting } = walkSets(primarySet.id, reaching, isActive);
  return granting && [member, section, group, ...granting];
}

function denialsOf(candidate: Candidate, question: AccessQuestion): Denial[] {
  const { reaching, day, at, zone } = question;
  const isActive = (link: ChainLink) => statusOn(link, day, at) === 'ACTIVE';
  const links = [candidate.member, candidate.section, candidate.group];
  const chainOpensAt = openingOf(candidate, question);
  const denial = (path: readonly ChainLink[]): Denial => {
    const link = path.at(-1)!;
    return { link, before: path.slice(0, -1), opensAt: linkOpening(link, day, at, zone), chainOpensAt };
  };
  const first = links.findIndex((link) => !isActive(link));
  if (first !== -1) return [denial(links.slice(0, first + 1))];
  // Whatever way down is taken, it ends at a set that is not active: each is the first link of a chain that denies.
  const { barred } = walkSets(candidate.primarySet.id, reaching, isActive);
  return barred.map((path) => denial([...links, ...path]));
}

function linkOpening(link: ChainLink, day: Day, at: number, zone: string): number | null {
  return statusOn(link, day, at) === 'UPCOMING' ? startOfDay(link.startDate!, zone) : null;
}

/**
 * When a membership grants for the first time after `at`. A chain can only open on a day on which one of its links
 * starts, so those are all that need a look.
 */
function openingOf(candidate: Candidate, { reaching, day, zone }: AccessQuestion): number | null {
  const { member, section, group, primarySet } = candidate;
  const sets = setsBelow(primarySet.id, reaching);
  const starts = [member, section, group, ...sets].flatMap(({ startDate }) => startDate ?? []);
  const later = new Set(starts.filter((start) => start > day));
  for (const start of [...later].toSorted((a, b) => (a < b ? -1 : 1))) {
    const opensAt = startOfDay(start, zone);
    if (chainOn(candidate, reaching, start, opensAt) !== undefined) return opensAt;
  }
  return null;
}

function setsBelow(primarySetId: number, reaching: ReachingSets): ChainLink[] {
  const ids = new Set([primarySetId]);
  for (const id of ids) for (const below of reaching.get(id)?.through ?? []) ids.add(below);
  return [...ids].flatMap((id) => reaching.get(id)?.set ?? []);
}

function soonestFirst(a: Denial, b: Denial): number {
  const never = Number.MAX_SAFE_INTEGER;
  return (a.chainOpensAt ?? never) - (b.chainOpensAt ?? never) || (a.opensAt ?? never) - (b.opensAt ?? never);
}
