import type { Today } from '../access/today.ts';
import type { OperatorRights } from '../organization/operator-rights.ts';
import type { AuthorizationSet } from './authorization-set.ts';

/** A group as far as its primary set is concerned. */
export interface GroupOfSets {
  readonly identifier: string;
  /** Name of its organization. */
  readonly organization: string;
  /** Identifier of its primary set. */
  readonly primarySet: string | undefined;
}

/** What is stored around the sets of a file, known before any of its rows is judged. */
export interface SetsAround {
  readonly today: Today;
  readonly rights: OperatorRights;
  /** Name → id. */
  readonly organizations: ReadonlyMap<string, number>;
  /** Identifier → id. */
  readonly resourceTypes: ReadonlyMap<string, number>;
  /** Name → id. */
  readonly checkoutCenters: ReadonlyMap<string, number>;
  /** Every set there is, by identifier. */
  readonly sets: ReadonlyMap<string, AuthorizationSet>;
  /** The groups that the file names, by identifier, those of the same delivery included. */
  readonly groups: ReadonlyMap<string, GroupOfSets>;
  /** Groups that were declared in this delivery but whose rows failed: identifier → where. */
  readonly failedGroups: ReadonlyMap<string, string>;
  /** Set identifier → groups whose primary it is, of those sets whose organization a row changes. */
  readonly usedBy: ReadonlyMap<string, readonly GroupOfSets[]>;
}

/** The stored sets as the rules look at them: by identifier throughout. */
export class StoredSets {
  readonly #sets: ReadonlyMap<string, AuthorizationSet>;
  readonly #identifiers = new Map<number, string>();
  readonly #organizationNames = new Map<number, string>();
  #parents: Map<string, string[]> | undefined;

  constructor({ sets, organizations }: Pick<SetsAround, 'sets' | 'organizations'>) {
    this.#sets = sets;
    for (const { id, uniqueIdentifier } of sets.values()) this.#identifiers.set(id, uniqueIdentifier);
    for (const [name, id] of organizations) this.#organizationNames.set(id, name);
  }

  has(identifier: string): boolean {
    return this.#sets.has(identifier);
  }

  find(identifier: string): AuthorizationSet | undefined {
    return this.#sets.get(identifier);
  }

  /** Name of the organization that owns it. */
  organizationOf(identifier: string): string | undefined {
    const set = this.#sets.get(identifier);
    return set && this.#organizationNames.get(set.organizationId);
  }

  delegatedTo(identifier: string): string[] {
    const ids = this.#sets.get(identifier)?.delegatedTo ?? [];
    return ids.map((id) => this.#organizationNames.get(id)!);
  }

  /** Identifiers of the sets nested in it. */
  nestedIn(identifier: string): string[] {
    const ids = this.#sets.get(identifier)?.sets ?? [];
    return ids.map((id) => this.#identifiers.get(id)!);
  }

  /** Identifiers of the sets it is nested in. */
  parentsOf(identifier: string): readonly string[] {
    if (this.#parents === undefined) {
      this.#parents = new Map();
      for (const set of this.#sets.keys()) {
        for (const nested of this.nestedIn(set)) {
          const parents = this.#parents.get(nested);
          if (parents === undefined) this.#parents.set(nested, [set]);
          else parents.push(set);
        }
      }
    }
    return this.#parents.get(identifier) ?? [];
  }
}
