import type { Term } from '../access/term.ts';

/** What an authorization set grants, by the ids of what is registered; each list without repetition, ascending. */
export interface AuthorizationSetEntries {
  readonly resourceTypes: readonly number[];
  /** Entering the patron portal. */
  readonly checkoutCenters: readonly number[];
  /** Being served at the center. */
  readonly wcoCheckoutCenters: readonly number[];
  /** Sets nested in it (W16). */
  readonly sets: readonly number[];
}

export interface AuthorizationSetValues extends Term, AuthorizationSetEntries {
  /** Unique, compared exactly; no file changes it (W9). */
  readonly uniqueIdentifier: string;
  readonly name: string;
  readonly description: string;
  /** Its owner (W17). */
  readonly organizationId: number;
  /** Other organizations whose groups and sets may use it (W17); ascending. */
  readonly delegatedTo: readonly number[];
}

export type AuthorizationSet = AuthorizationSetValues & { readonly id: number };
