import type { Term } from '../domain/access/term.ts';

export const accessTargetKinds = ['resource-type', 'checkout-center', 'wco-checkout-center'] as const;

/** What an access question is about (W20). */
export interface AccessTarget {
  readonly kind: (typeof accessTargetKinds)[number];
  readonly id: number;
}

/** One thing on the way from a patron to a target, with all that decides whether it is active. */
export interface ChainLink extends Term {
  readonly entity: 'member' | 'section' | 'group' | 'authorization-set';
  /** Of a member: its section's, as are the identifier and the name. */
  readonly id: number;
  readonly uniqueIdentifier: string;
  readonly name: string;
}

/** A membership with what it leads to. */
export interface Membership {
  readonly member: ChainLink;
  readonly section: ChainLink;
  readonly group: ChainLink;
  /** Undefined where the group has no primary set. */
  readonly primarySet: ChainLink | undefined;
}

export interface AccessReader {
  /** Every membership of the patron, inactive ones included, in section order. */
  listMemberships(patronId: number): Promise<Membership[]>;
  /**
   * The sets from which the target can be reached, nesting followed upwards: set id → the set, and the sets nested in
   * it through which it is reached (or `grants` where it has the target as an entry itself).
   */
  mapSetsReaching(target: AccessTarget): Promise<Map<number, ReachingSet>>;
}

export interface ReachingSet {
  readonly set: ChainLink;
  readonly grants: boolean;
  /** Ids of sets nested directly in it that reach the target too. */
  readonly through: readonly number[];
}

/** An operator lets a patron have what no set grants (W20). */
export interface AccessOverride {
  readonly id: number;
  readonly at: number;
  readonly operator: string;
  readonly patronId: number;
  readonly target: AccessTarget;
  readonly reason: string;
}

export interface AccessOverrideReader {
  /** Newest first. */
  list(filter: { readonly patronId?: number; readonly page: number; readonly pageSize: number }): Promise<{
    readonly items: readonly AccessOverride[];
    readonly total: number | null;
  }>;
}

export interface AccessOverrideWriter {
  insert(override: Omit<AccessOverride, 'id'>): Promise<AccessOverride>;
  removeByPatron(patronId: number): Promise<void>;
}
