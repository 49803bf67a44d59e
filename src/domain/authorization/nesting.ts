/** Which sets are nested in a set, by identifier. */
export type NestedIn = (set: string) => Iterable<string>;

/** What one row adds to the nesting. */
export interface NestingRow {
  readonly set: string;
  readonly nests: readonly string[];
}

/**
 * W16: the rows that would close a cycle, in file order, each judged with the rows before it that do not. Gives by
 * place in `rows` the path from the set down to itself. Takes time in proportion to what is nested where nothing
 * closes a cycle, and only looks closer at what does.
 */
export function findCycles(rows: readonly NestingRow[], stored: NestedIn): Map<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  const circling = circlingSets(rows, stored);
  if (circling.size === 0) return found;
  const edges = new Map<string, Set<string>>();
  for (const set of circling) edges.set(set, new Set(stored(set)));
  for (const [place, { set, nests }] of rows.entries()) {
    const into = circling.has(set) ? nests.filter((nested) => circling.has(nested)) : [];
    if (into.length === 0) continue;
    const path = pathTo(set, into, (from) => [...edges.get(from)!].filter((to) => circling.has(to)));
    if (path === undefined) for (const nested of into) edges.get(set)!.add(nested);
    else found.set(place, [set, ...path]);
  }
  return found;
}

/** The sets that are left when those that nest nothing (any more) are taken away again and again. */
function circlingSets(rows: readonly NestingRow[], stored: NestedIn): Set<string> {
  const nests = new Map<string, Set<string>>();
  const waiting: string[] = [];
  const visit = (set: string) => {
    if (nests.has(set)) return;
    nests.set(set, new Set(stored(set)));
    waiting.push(set);
  };
  for (const row of rows) {
    visit(row.set);
    for (const nested of row.nests) {
      visit(nested);
      nests.get(row.set)!.add(nested);
    }
  }
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    for (const nested of nests.get(set)!) visit(nested);
  }
  return leftOver(nests);
}

function leftOver(nests: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const parents = new Map<string, string[]>();
  const open = new Map<string, number>();
  const done: string[] = [];
  for (const [set, nested] of nests) {
    open.set(set, nested.size);
    if (nested.size === 0) done.push(set);
    for (const one of nested) {
      const above = parents.get(one);
      if (above === undefined) parents.set(one, [set]);
      else above.push(set);
    }
  }
  for (let set = done.pop(); set !== undefined; set = done.pop()) {
    open.delete(set);
    for (const parent of parents.get(set) ?? []) {
      const left = open.get(parent)! - 1;
      open.set(parent, left);
      if (left === 0) done.push(parent);
    }
  }
  return new Set(open.keys());
}

/** The shortest way from any of `from` down to `goal`, both named; undefined where there is none. */
function pathTo(goal: string, from: readonly string[], nestedIn: NestedIn): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>(from.map((set) => [set, undefined]));
  // A map is walked in the order in which it grew, so what is found on the way is visited after.
  for (const set of cameFrom.keys()) {
    if (set === goal) return wayBack(goal, cameFrom);
    for (const nested of nestedIn(set)) if (!cameFrom.has(nested)) cameFrom.set(nested, set);
  }
  return undefined;
}

function wayBack(goal: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = [];
  for (let set: string | undefined = goal; set !== undefined; set = cameFrom.get(set)) way.push(set);
  return way.toReversed();
}
