import type { AuthorizationSet } from './authorization-set.ts';

/** W17: whether a set may serve groups, and be nested in sets, of an organization: its owner or one it is delegated to. */
export function servesAt(
  { organizationId, delegatedTo }: Pick<AuthorizationSet, 'organizationId' | 'delegatedTo'>,
  organization: number,
): boolean {
  return organizationId === organization || delegatedTo.includes(organization);
}
