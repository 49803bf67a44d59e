import type { TargetChange, TargetCounts } from '../domain/plan/access-consequences.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { keyOf, type AccessStructure } from './access-structure.ts';

const groupsPage = 500;

/** Puts the sections of a group that had no primary set into the structure. */
export async function addSectionsOf(
  reader: TenantReader,
  structure: AccessStructure,
  groupId: number,
): Promise<void> {
  if (groupId < 0) return;
  for (let page = 1; ; page++) {
    const filter = { parentId: groupId, page, pageSize: groupsPage };
    const { items } = await reader.records.section.list(filter);
    for (const section of items) structure.addSection(section.id, section, section.groupId);
    if (items.length < groupsPage) return;
  }
}

/** Those of the targets that are restricted, as `kind id`. */
export async function restrictedOf(
  reader: TenantReader,
  targets: readonly AccessTarget[],
): Promise<ReadonlySet<string>> {
  const restricted = new Set<string>();
  const idsOf = (kinds: readonly AccessTarget['kind'][]) => [
    ...new Set(targets.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id)),
  ];
  const { 'resource-type': types, 'checkout-center': centers } = reader.records;
  for (const type of await types.findByIds(idsOf(['resource-type']))) {
    if (type.restricted) restricted.add(`resource-type ${type.id}`);
  }
  for (const center of await centers.findByIds(idsOf(['checkout-center', 'wco-checkout-center']))) {
    if (center.portalRestricted) restricted.add(`checkout-center ${center.id}`);
    if (center.wcoRestricted) restricted.add(`wco-checkout-center ${center.id}`);
  }
  return restricted;
}

/** The targets that anybody loses or gains, by their names; those that lose most first. */
export async function namedTargets(
  reader: TenantReader,
  targets: readonly AccessTarget[],
  counts: TargetCounts,
): Promise<TargetChange[]> {
  const total = counts.total;
  const idsOf = (isType: boolean) =>
    total
      .map(({ place }) => targets[place]!)
      .filter(({ kind }) => (kind === 'resource-type') === isType)
      .map(({ id }) => id);
  const names = new Map<string, string>();
  for (const { id, name } of await reader.records['resource-type'].findByIds(idsOf(true))) {
    names.set(`resource-type ${id}`, name);
  }
  for (const { id, name } of await reader.records['checkout-center'].findByIds(idsOf(false))) {
    names.set(`checkout-center ${id}`, name).set(`wco-checkout-center ${id}`, name);
  }
  return total
    .map(({ place, lose, gain }) => {
      const { kind, id } = targets[place]!;
      return { kind, id, name: names.get(keyOf({ kind, id })) ?? String(id), lose, gain };
    })
    .sort((a, b) => b.lose - a.lose || b.gain - a.gain || compare(keyOf(a), keyOf(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
