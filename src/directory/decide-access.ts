import type { ChainLink } from '../domain/access/chain.ts';
import { decideAccess, type AccessDecision, type Denial } from '../domain/access/decide-access.ts';
import { effectiveDay } from '../domain/access/effective-day.ts';
import { sayAccess, sayWhy } from '../domain/access/say-access.ts';
import { statusOn } from '../domain/access/status.ts';
import type { Day, TermStatus } from '../domain/access/term.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { getTarget, sayTarget, type NamedTarget, type TargetChoice } from './access-targets.ts';
import { getPatron } from './find-patron.ts';
import { viewInstant } from './views.ts';

/** A link of a chain as it is shown, with its status at the instant asked about. */
export interface LinkView {
  readonly entity: ChainLink['entity'];
  /** Of a membership: its section's. */
  readonly uniqueIdentifier: string;
  readonly name: string;
  readonly status: TermStatus;
  readonly startDate: Day | null;
  readonly endDate: Day | null;
}

export interface DenialView {
  readonly link: LinkView;
  readonly why: string;
  /** When the link opens by its own dates; null: never. */
  readonly opensAt: string | null;
  /** When the whole chain does. */
  readonly chainOpensAt: string | null;
  /** The links before it, from the membership on. */
  readonly before: readonly LinkView[];
}

/** The answer to an access question (W20). */
export interface AccessAnswer {
  readonly granted: boolean;
  readonly reason: string;
  readonly chain: readonly LinkView[];
  readonly denials: readonly DenialView[];
  readonly at: string;
}

/** The instant asked about, in the tenant's zone. */
export interface Moment {
  readonly at: number;
  readonly zone: string;
}

/**
 * W20: may the patron have the target at that instant, past or future as far as the stored dates decide, and why. The one way
 * to that answer for API, command line and everything else.
 */
export async function answerAccess(
  reader: Pick<TenantReader, 'access'>,
  patron: Patron,
  target: NamedTarget,
  { at, zone }: Moment,
): Promise<AccessAnswer> {
  const patronActive = patron.status === 'ACTIVE';
  const asked = { patronActive, restricted: target.restricted, day: effectiveDay(at, zone), at, zone };
  // Chains are looked for only where they decide; both ends of them at once.
  const byChain = patronActive && target.restricted;
  const memberships = byChain ? reader.access.listMemberships(patron.id) : [];
  const reaching = byChain ? reader.access.mapSetsReaching(target) : new Map();
  const [from, to] = await Promise.all([memberships, reaching]);
  const decision = decideAccess({ ...asked, memberships: from, reaching: to });
  return viewDecision(decision, target, asked.day, at);
}

/**
 * The same for a patron and a target as whoever asks names them; both are looked up at once. Of two refusals the one of
 * the patron is told.
 */
export async function askAccess(
  reader: Pick<TenantReader, 'access' | 'patrons' | 'records'>,
  patron: string,
  choice: TargetChoice,
  moment: Moment,
): Promise<AccessAnswer> {
  const target = getTarget(reader, choice);
  target.catch(() => undefined);
  const found = await getPatron(reader, patron);
  return answerAccess(reader, found, await target, moment);
}

function viewDecision(decision: AccessDecision, target: NamedTarget, day: Day, at: number): AccessAnswer {
  const links = (chain: readonly ChainLink[]) => chain.map((link) => viewLink(link, day, at));
  const denial = ({ link, before, opensAt, chainOpensAt }: Denial): DenialView => ({
    link: viewLink(link, day, at),
    why: sayWhy(link, day, at),
    opensAt: opensAt === null ? null : viewInstant(opensAt),
    chainOpensAt: chainOpensAt === null ? null : viewInstant(chainOpensAt),
    before: links(before),
  });
  return {
    granted: decision.granted,
    reason: sayAccess(decision, sayTarget(target), day, at),
    chain: links(decision.chain),
    denials: decision.denials.map(denial),
    at: viewInstant(at),
  };
}

export function viewLink(link: ChainLink, day: Day, at: number): LinkView {
  const { entity, uniqueIdentifier, name, startDate, endDate } = link;
  return { entity, uniqueIdentifier, name, status: statusOn(link, day, at), startDate, endDate };
}
