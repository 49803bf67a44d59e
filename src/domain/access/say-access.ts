import type { ChainLink } from './chain.ts';
import type { AccessDecision, AccessVerdict, Denial } from './decide-access.ts';
import type { Day } from './term.ts';

const entityWords: Readonly<Record<ChainLink['entity'], string>> = {
  member: 'membership in section',
  section: 'section',
  group: 'group',
  'authorization-set': 'authorization set',
};

/** A link as a sentence names it. */
export function sayLink({
  entity,
  uniqueIdentifier,
}: Pick<ChainLink, 'entity' | 'uniqueIdentifier'>): string {
  return `${entityWords[entity]} ${uniqueIdentifier}`;
}

/** Why a link that is not active is not, on an effective day; the order is that of W2. */
export function sayWhy(link: ChainLink, day: Day, at: number): string {
  const { startDate, endDate, inactiveSince } = link;
  if (inactiveSince !== null && inactiveSince <= at) {
    return link.entity === 'member' ? 'is inactive: set so, or left out of a roster' : 'is set inactive';
  }
  if (endDate !== null && endDate <= day) return `ended on ${endDate}`;
  if (endDate !== null && startDate !== null && endDate <= startDate) {
    return `ends on ${endDate}, not after its start, so it never becomes active`;
  }
  return `starts on ${startDate ?? ''}`;
}

/** The answer to an access question in a sentence or two (W20). `target` is the thing asked about, as people name it. */
export function sayAccess(decision: AccessDecision, target: string, day: Day, at: number): string {
  const { chain, denials } = decision;
  const sentences: Readonly<Record<AccessVerdict, () => string>> = {
    'patron-inactive': () => 'Denied: the patron is inactive.',
    unrestricted: () => `Granted: ${target} is not restricted, so every active patron may have it.`,
    chain: () => `Granted by ${chain.map(sayLink).join(' → ')}.`,
    'no-chain': () => `Denied: no membership of this patron leads to ${target}.`,
    denied: () =>
      `Denied: ${denials.slice(0, saidMax).map(sayDenial(day, at)).join('; ')}${more(denials.length)}.`,
  };
  return sentences[decision.verdict]();
}

/** A sentence names so many reasons; the denials themselves are all there. */
const saidMax = 3;

const sayDenial =
  (day: Day, at: number) =>
  ({ link }: Denial): string =>
    `${sayLink(link)} ${sayWhy(link, day, at)}`;

function more(count: number): string {
  return count > saidMax ? `; and ${count - saidMax} more` : '';
}
