import type { LinkTurnView, TargetView, TurnView } from '../../directory/name-turns.ts';

/** What a patron gains and loses, in a line. */
export function turnText({ patron, patronName, patronId, gained, lost, because }: TurnView): string {
  const who = patron === null ? `patron ${patronId} (removed)` : `${patron} ${patronName ?? ''}`.trimEnd();
  const parts = [
    ...(gained.length === 0 ? [] : [`gains ${gained.map(targetText).join(', ')}`]),
    ...(lost.length === 0 ? [] : [`loses ${lost.map(targetText).join(', ')}`]),
  ];
  return `${who} ${parts.join(' and ')}: ${because.map(linkText).join(', ')}`;
}

const words = {
  'resource-type': '',
  'checkout-center': 'portal of ',
  'wco-checkout-center': 'service at ',
} as const;

export function targetText({ kind, identifier }: TargetView): string {
  return `${words[kind]}${identifier ?? '(removed)'}`;
}

export function linkText({ entity, turn, uniqueIdentifier }: LinkTurnView): string {
  const what = entity === 'member' ? 'membership in' : entity.replace('-', ' ');
  return `${what} ${uniqueIdentifier ?? '(removed)'} ${turn}s`;
}
