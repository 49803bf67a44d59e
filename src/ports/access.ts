import type { Membership, ReachingSet } from '../domain/access/chain.ts';
import type { Page } from './patrons.ts';

export const accessTargetKinds = ['resource-type', 'checkout-center', 'wco-checkout-center'] as const;

/** What an access question is about (W20). */
export interface AccessTarget {
  readonly kind: (typeof accessTargetKinds)[number];
  readonly id: number;
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
  list(filter: {
    readonly patronId?: number;
    readonly page: number;
    readonly pageSize: number;
  }): Promise<Page<AccessOverride>>;
}

export interface AccessOverrideWriter {
  insert(override: Omit<AccessOverride, 'id'>): Promise<AccessOverride>;
  removeByPatron(patronId: number): Promise<void>;
}
