import type { ChainLink, ReachingSets } from './chain.ts';

/** Where a walk down the nested sets of a primary set ends. */
export interface SetPaths {
  /** The shortest way through active sets to one that grants, from the primary set on; undefined where there is none. */
  readonly granting: readonly ChainLink[] | undefined;
  /** The shortest ways to each set that is not active, which ends them: it grants nothing, nor anything below it (W16). */
  readonly barred: readonly (readonly ChainLink[])[];
}

/**
 * W16: walks from a primary set down the sets nested in it, through active ones only, broadest first. Each set is
 * visited once, so that neither a cycle nor a thicket of nestings makes it long.
 */
export function walkSets(
  primarySetId: number,
  reaching: ReachingSets,
  isActive: (set: ChainLink) => boolean,
): SetPaths {
  const barred: ChainLink[][] = [];
  const seen = new Set([primarySetId]);
  const paths: { readonly id: number; readonly above: readonly ChainLink[] }[] = [
    { id: primarySetId, above: [] },
  ];
  for (const { id, above } of paths) {
    const found = reaching.get(id);
    if (found === undefined) continue;
    const path = [...above, found.set];
    if (!isActive(found.set)) {
      barred.push(path);
      continue;
    }
    if (found.grants) return { granting: path, barred };
    for (const below of found.through) {
      if (seen.has(below)) continue;
      seen.add(below);
      paths.push({ id: below, above: path });
    }
  }
  return { granting: undefined, barred };
}
