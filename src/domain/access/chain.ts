import type { Term } from './term.ts';

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

/** A set from which the target of a question can be reached. */
export interface ReachingSet {
  readonly set: ChainLink;
  /** Whether the target is one of its own entries. */
  readonly grants: boolean;
  /** Ids of sets nested directly in it that reach the target too. */
  readonly through: readonly number[];
}

/** Set id → the set, for every set that reaches the target. */
export type ReachingSets = ReadonlyMap<number, ReachingSet>;
