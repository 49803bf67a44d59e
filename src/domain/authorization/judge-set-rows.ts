import type { RowNote } from '../outcome.ts';
import { mayManageAt } from '../organization/operator-rights.ts';
import { findCycles } from './nesting.ts';
import type { EntryColumn } from './set-columns.ts';
import type { SetsAround, StoredSets } from './set-around.ts';
import type { SetRows, SetRowState } from './set-rows.ts';
import { Suggestions } from './suggestions.ts';

/**
 * Finds out which rows of an authorization sets file fail, and why. What each refers to is judged first, then whom sets
 * may serve, then cycles, then primary sets in file order; after each, rows that counted on a failed one fail too.
 */
export function judgeSetRows(rows: SetRows, around: SetsAround, stored: StoredSets): void {
  const judge = new SetJudge(rows, around, stored);
  for (const row of rows.all) judge.references(row);
  rows.settle();
  for (const row of rows.good) judge.organizations(row);
  rows.settle();
  judge.cycles();
  rows.settle();
  judge.primarySets();
  rows.settle();
}

class SetJudge {
  readonly #rows: SetRows;
  readonly #around: SetsAround;
  readonly #stored: StoredSets;
  readonly #suggestions = new Suggestions();

  constructor(rows: SetRows, around: SetsAround, stored: StoredSets) {
    this.#rows = rows;
    this.#around = around;
    this.#stored = stored;
  }

  references(row: SetRowState): void {
    const { declared, faults } = row;
    const { organizations, resourceTypes, checkoutCenters } = this.#around;
    const { organization, entries, uniqueIdentifier } = declared;
    // W8: exactly as registered, and never created by a file.
    if (!organizations.has(organization)) {
      faults.push(
        withSuggestion(
          { code: 'organization-unknown', column: 'organization', value: organization },
          this.#suggestions.nearest([organization], () => organizations.keys()),
        ),
      );
    }
    // W18: at the row's organization, and at that of the set as it stands.
    for (const name of new Set([this.#stored.organizationOf(uniqueIdentifier), organization])) {
      if (name !== undefined && organizations.has(name)) this.#mayManage(name, faults);
    }
    this.#group(row);
    // W15: all bad entries are named.
    this.#registered(row, 'resource-types', 'resource-types-unknown', resourceTypes);
    this.#registered(row, 'checkout-centers', 'checkout-centers-unknown', checkoutCenters);
    this.#registered(row, 'wco-checkout-centers', 'checkout-centers-unknown', checkoutCenters);
    const unknown = entries.authset.filter((set) => this.#rows.isUnknown(set));
    if (unknown.length > 0) {
      const candidates = () => [...this.#around.sets.keys(), ...this.#rows.identifiers()];
      faults.push(
        withSuggestion(
          { code: 'sets-unknown', column: 'authset', value: unknown.join('|') },
          this.#suggestions.nearest(unknown, candidates),
        ),
      );
    }
  }

  // W17: a set serves groups and is nested in sets of its own organization and of those it is delegated to.
  organizations({ declared, faults }: SetRowState): void {
    const { uniqueIdentifier, organization, group, entries } = declared;
    const moves = this.#stored.organizationOf(uniqueIdentifier) !== organization;
    const nested = moves ? [...entries.authset, ...this.#stored.nestedIn(uniqueIdentifier)] : entries.authset;
    for (const set of nested) {
      if (this.#serves(set, organization)) continue;
      faults.push({ code: 'set-not-delegated', column: 'authset', value: set, suggestion: organization });
    }
    const served = group === undefined ? undefined : this.#around.groups.get(group);
    if (served !== undefined && !this.#serves(uniqueIdentifier, served.organization)) {
      faults.push({
        code: 'set-not-delegated',
        column: 'group-unique-identifier',
        value: uniqueIdentifier,
        suggestion: served.organization,
      });
    }
    if (!moves || !this.#stored.has(uniqueIdentifier)) return;
    const user = this.#userElsewhere(uniqueIdentifier);
    if (user !== undefined) faults.push({ code: 'set-used-elsewhere', column: 'organization', value: user });
  }

  cycles(): void {
    const nesting = this.#rows.good.filter(({ declared }) => declared.entries.authset.length > 0);
    const found = findCycles(
      nesting.map(({ declared }) => ({ set: declared.uniqueIdentifier, nests: declared.entries.authset })),
      (set) => this.#stored.nestedIn(set),
    );
    for (const [place, path] of found) {
      // W16: the path is shown.
      const suggestion = path.join(' → ');
      nesting[place]!.faults.push({ code: 'nesting-cycle', column: 'authset', value: path[1]!, suggestion });
    }
  }

  // W14: a group has but one; in file order the first that is good gets it.
  primarySets(): void {
    const primary = new Map<string, string>();
    for (const { declared, faults } of this.#rows.good) {
      const { group, uniqueIdentifier } = declared;
      if (group === undefined) continue;
      const standing = primary.get(group) ?? this.#around.groups.get(group)!.primarySet;
      if (standing !== undefined && standing !== uniqueIdentifier) {
        const column = 'group-unique-identifier';
        faults.push({ code: 'second-primary-set', column, value: group, suggestion: standing });
      } else primary.set(group, uniqueIdentifier);
    }
  }

  #group({ declared, faults }: SetRowState): void {
    const { group: value, uniqueIdentifier } = declared;
    if (value === undefined) return;
    const column = 'group-unique-identifier';
    const group = this.#around.groups.get(value);
    if (group === undefined) {
      const failedIn = this.#around.failedGroups.get(value);
      faults.push(
        failedIn === undefined
          ? { code: 'group-unknown', column, value }
          : { code: 'parent-failed', column, value, suggestion: failedIn },
      );
      return;
    }
    // W18: who gives a group its set changes the group.
    if (group.primarySet !== uniqueIdentifier) this.#mayManage(group.organization, faults);
  }

  #mayManage(organization: string, faults: RowNote[]): void {
    const { rights } = this.#around;
    if (mayManageAt(rights, organization)) return;
    if (faults.some(({ code, value }) => code === 'not-permitted' && value === organization)) return;
    faults.push({ code: 'not-permitted', value: organization, suggestion: rights.operator });
  }

  #registered(
    { declared, faults }: SetRowState,
    column: EntryColumn,
    code: 'resource-types-unknown' | 'checkout-centers-unknown',
    registered: ReadonlyMap<string, number>,
  ): void {
    const bad = declared.entries[column].filter((entry) => !registered.has(entry));
    if (bad.length === 0) return;
    const suggestion = this.#suggestions.nearest(bad, () => registered.keys());
    faults.push(withSuggestion({ code, column, value: bad.join('|') }, suggestion));
  }

  /** Whether a set may be used at an organization: as its last good row has it, else as it is stored. */
  #serves(set: string, organization: string): boolean {
    const last = this.#rows.goodOf(set).at(-1);
    const owner = last?.declared.organization ?? this.#stored.organizationOf(set);
    return owner === organization || this.#stored.delegatedTo(set).includes(organization);
  }

  /** A group or set that uses the set at an organization that its move would leave out. */
  #userElsewhere(set: string): string | undefined {
    for (const group of this.#around.usedBy.get(set) ?? []) {
      if (!this.#serves(set, group.organization)) return group.identifier;
    }
    return this.#stored.parentsOf(set).find((parent) => {
      const row = this.#rows.goodOf(parent).at(-1);
      return !this.#serves(set, row?.declared.organization ?? this.#stored.organizationOf(parent)!);
    });
  }
}

function withSuggestion(note: RowNote, suggestion: string | undefined): RowNote {
  return suggestion === undefined ? note : { ...note, suggestion };
}
