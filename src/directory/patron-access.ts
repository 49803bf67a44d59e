import type { ChainLink, Membership, ReachingSet } from '../domain/access/chain.ts';
import { decideAccess, type AccessDecision } from '../domain/access/decide-access.ts';
import { effectiveDay } from '../domain/access/effective-day.ts';
import { sayAccess } from '../domain/access/say-access.ts';
import type { AuthorizationSet } from '../domain/authorization/authorization-set.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { listTargets, sayTarget, type NamedTarget } from './access-targets.ts';
import { viewLink, type LinkView, type Moment } from './decide-access.ts';

/** Something a patron may have, and why. */
export interface GrantedTarget {
  readonly kind: AccessTarget['kind'];
  readonly identifier: string;
  readonly name: string;
  readonly restricted: boolean;
  readonly reason: string;
  readonly chain: readonly LinkView[];
}

/**
 * W20: everything a patron may have at an instant, by kind and in the order it was registered, each with its reason;
 * `restricted` asks only for what is restricted, or only for what is not. Decided target by target by the same rule as a single
 * question.
 */
export async function listPatronAccess(
  reader: TenantReader,
  patron: Patron,
  { at, zone }: Moment,
  restricted?: boolean,
): Promise<GrantedTarget[]> {
  const day = effectiveDay(at, zone);
  const patronActive = patron.status === 'ACTIVE';
  if (!patronActive) return [];
  const memberships = await reader.access.listMemberships(patron.id);
  const sets = await setsBelow(reader, memberships);
  const granting = grantingSets(sets);
  const decide = (target: NamedTarget): AccessDecision => {
    const grants = granting.get(keyOf(target));
    const reaching = grants === undefined ? new Map() : reachingAll(sets, grants);
    return decideAccess({
      patronActive,
      restricted: target.restricted,
      memberships,
      reaching,
      day,
      at,
      zone,
    });
  };
  return (await listTargets(reader))
    .filter((target) => restricted === undefined || target.restricted === restricted)
    .map((target) => ({ target, decision: decide(target) }))
    .filter(({ decision }) => decision.granted)
    .map(({ target, decision }) => ({
      kind: target.kind,
      identifier: target.identifier,
      name: target.name,
      restricted: target.restricted,
      reason: sayAccess(decision, sayTarget(target), day, at),
      chain: decision.chain.map((link) => viewLink(link, day, at)),
    }));
}

type Sets = ReadonlyMap<number, AuthorizationSet>;

/** The primary sets of memberships and all sets nested in them, to any depth (W16). */
async function setsBelow(reader: TenantReader, memberships: readonly Membership[]): Promise<Sets> {
  const sets = new Map<number, AuthorizationSet>();
  let wanted = [...new Set(memberships.flatMap(({ primarySet }) => primarySet?.id ?? []))];
  while (wanted.length > 0) {
    for (const set of await reader.records['authorization-set'].findByIds(wanted)) sets.set(set.id, set);
    const nested = wanted.flatMap((id) => sets.get(id)?.sets ?? []);
    wanted = [...new Set(nested)].filter((id) => !sets.has(id));
  }
  return sets;
}

/** Target → the sets that have it as an entry of their own. */
function grantingSets(sets: Sets): Map<string, Set<number>> {
  const granting = new Map<string, Set<number>>();
  const add = (setId: number, kind: AccessTarget['kind'], ids: readonly number[]) => {
    for (const id of ids) {
      const key = keyOf({ kind, id });
      granting.set(key, (granting.get(key) ?? new Set()).add(setId));
    }
  };
  for (const { id, resourceTypes, checkoutCenters, wcoCheckoutCenters } of sets.values()) {
    add(id, 'resource-type', resourceTypes);
    add(id, 'checkout-center', checkoutCenters);
    add(id, 'wco-checkout-center', wcoCheckoutCenters);
  }
  return granting;
}

/** All of the sets as ways to a target; those that do not lead there are dead ends. */
function reachingAll(sets: Sets, granting: ReadonlySet<number>): Map<number, ReachingSet> {
  return new Map(
    [...sets.values()].map((set) => [
      set.id,
      { set: linkOf(set), grants: granting.has(set.id), through: set.sets },
    ]),
  );
}

function linkOf(set: AuthorizationSet): ChainLink {
  const { id, uniqueIdentifier, name, startDate, endDate, inactiveSince } = set;
  return { entity: 'authorization-set', id, uniqueIdentifier, name, startDate, endDate, inactiveSince };
}

function keyOf({ kind, id }: AccessTarget): string {
  return `${kind} ${id}`;
}
