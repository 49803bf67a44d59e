import type { RowNote, RowResult } from '../outcome.ts';
import { termWarnings } from '../group/plan-described.ts';
import { mergedDates } from '../group/row-cells.ts';
import type { AuthorizationSet, AuthorizationSetValues } from './authorization-set.ts';
import { judgeSetRows } from './judge-set-rows.ts';
import type { DeclaredSet } from './parse-set-row.ts';
import { StoredSets, type SetsAround } from './set-around.ts';
import { SetRows, type FailedSetRow, type SetRowState } from './set-rows.ts';

/** What a set is to be; what is nested in it may be made by the same file, so it is named by identifier. */
export type SetValues = Omit<AuthorizationSetValues, 'sets'> & { readonly nests: readonly string[] };

export interface PlannedSet {
  readonly before: AuthorizationSet | undefined;
  readonly after: SetValues;
  /** Identifiers of the groups whose primary set it becomes (W14); those whose it is already are left out. */
  readonly groups: readonly string[];
  /** Its good rows in file order, with what is to be said of each; the last one counts. */
  readonly rows: readonly { readonly row: number; readonly notes: readonly RowNote[] }[];
}

export interface SetsPlan {
  readonly sets: readonly PlannedSet[];
  readonly failedRows: readonly RowResult[];
}

/**
 * The plan for all rows of an authorization sets file at once, since they may refer to each other wherever they stand
 * (W15). Entries are added, never taken away (W6, W10); of several rows of one set the last good one says the rest, and
 * the entries and groups of all count (W7).
 */
export function planSets(
  declared: readonly DeclaredSet[],
  failed: readonly FailedSetRow[],
  around: SetsAround,
): SetsPlan {
  const stored = new StoredSets(around);
  const rows = new SetRows(declared, failed, (identifier) => stored.has(identifier));
  judgeSetRows(rows, around, stored);
  const failedRows: RowResult[] = failed.map(({ result }) => result);
  for (const { declared: row, faults } of rows.all) {
    if (faults.length > 0) failedRows.push({ row: row.row, outcome: 'failed', notes: faults });
  }
  const sets: PlannedSet[] = [];
  for (const identifier of rows.identifiers()) {
    const good = rows.goodOf(identifier);
    if (good.length > 0) sets.push(planSet(good, around, stored));
  }
  return { sets, failedRows };
}

function planSet(good: readonly SetRowState[], around: SetsAround, stored: StoredSets): PlannedSet {
  const { declared: last } = good.at(-1)!;
  const before = stored.find(last.uniqueIdentifier);
  const added = (column: keyof DeclaredSet['entries']) =>
    good.flatMap(({ declared }) => declared.entries[column]);
  const ids = (column: keyof DeclaredSet['entries'], registered: ReadonlyMap<string, number>) =>
    added(column).map((entry) => registered.get(entry)!);
  const after: SetValues = {
    // W9: the identifier found it; it is not changed.
    uniqueIdentifier: last.uniqueIdentifier,
    name: last.name,
    description: last.description ?? before?.description ?? '',
    organizationId: around.organizations.get(last.organization)!,
    delegatedTo: before?.delegatedTo ?? [],
    resourceTypes: united(before?.resourceTypes, ids('resource-types', around.resourceTypes)),
    checkoutCenters: united(before?.checkoutCenters, ids('checkout-centers', around.checkoutCenters)),
    wcoCheckoutCenters: united(
      before?.wcoCheckoutCenters,
      ids('wco-checkout-centers', around.checkoutCenters),
    ),
    nests: [...new Set([...stored.nestedIn(last.uniqueIdentifier), ...added('authset')])],
    ...mergedDates(before, last),
    inactiveSince: before?.inactiveSince ?? null,
  };
  const groups = new Set<string>();
  for (const { declared } of good) {
    // W14: where it is the primary one already, there is nothing but entries to add.
    const group = declared.group === undefined ? undefined : around.groups.get(declared.group);
    if (group !== undefined && group.primarySet !== last.uniqueIdentifier) groups.add(group.identifier);
  }
  return { before, after, groups: [...groups], rows: told(good, after, around) };
}

/** Both without repetition, ascending; the stored list itself where nothing is added. */
function united(stored: readonly number[] = [], added: readonly number[]): readonly number[] {
  const all = new Set(stored);
  for (const id of added) all.add(id);
  return all.size === stored.length ? stored : [...all].toSorted((a, b) => a - b);
}

function told(good: readonly SetRowState[], after: SetValues, { today }: SetsAround): PlannedSet['rows'] {
  const last = good.at(-1)!.declared.row;
  const warnings = termWarnings(after, false, today);
  return good.map(({ declared: { row } }) => {
    const notes: RowNote[] = [];
    // W7: both say so.
    if (good.length > 1) {
      const other = row === last ? good.at(-2)!.declared.row : last;
      notes.push({ code: 'set-repeated', value: after.uniqueIdentifier, suggestion: String(other) });
    }
    if (row === last) notes.push(...warnings);
    return { row, notes };
  });
}
