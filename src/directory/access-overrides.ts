import { MusterError } from '../domain/errors.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { AccessOverride } from '../ports/access.ts';
import type { Actor } from '../ports/changes.ts';
import type { Page } from '../ports/patrons.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import type { NamedTarget } from './access-targets.ts';
import { viewInstant } from './views.ts';

/** An override as it is shown. */
export interface OverrideView {
  readonly id: number;
  readonly at: string;
  readonly operator: string;
  /** The patron's id. */
  readonly patronId: number;
  readonly kind: NamedTarget['kind'];
  /** Null where the target is no longer registered. */
  readonly identifier: string | null;
  readonly reason: string;
}

/**
 * W20: records that an operator lets a patron have what no set grants, with the operator's reason, for this once: it
 * changes no later answer. The audit names it too. `bad-request` without a reason.
 */
export async function recordOverride(
  tx: TenantTransactor,
  patron: Patron,
  target: NamedTarget,
  { reason, actor, at }: { readonly reason: string; readonly actor: Actor; readonly at: number },
): Promise<OverrideView> {
  const why = reason.trim();
  if (why === '')
    throw new MusterError('bad-request', 'Say why: an override needs a reason.', { field: 'reason' });
  const { kind, id, identifier } = target;
  const override = await tx.accessOverrides.insert({
    at,
    operator: actor.name,
    patronId: patron.id,
    target: { kind, id },
    reason: why,
  });
  await tx.audit.append({
    at,
    actor,
    action: 'access.overridden',
    subject: `patron ${patron.id}`,
    detail: { override: override.id, kind, identifier },
  });
  return viewOverride(override, identifier);
}

/** What was recorded, newest first. */
export async function listOverrides(
  reader: TenantReader,
  filter: { readonly patronId?: number; readonly page: number; readonly pageSize: number },
): Promise<Page<OverrideView>> {
  const { items, total } = await reader.accessOverrides.list(filter);
  const named = await namesOf(reader, items);
  return {
    items: items.map((override) => viewOverride(override, named(override.target) ?? null)),
    total,
  };
}

async function namesOf(
  { records }: TenantReader,
  overrides: readonly AccessOverride[],
): Promise<(target: AccessOverride['target']) => string | undefined> {
  const idsOf = (isType: boolean) =>
    overrides.flatMap(({ target }) => ((target.kind === 'resource-type') === isType ? target.id : []));
  const types = await records['resource-type'].findByIds([...new Set(idsOf(true))]);
  const centers = await records['checkout-center'].findByIds([...new Set(idsOf(false))]);
  const typeNames = new Map(types.map(({ id, uniqueIdentifier }) => [id, uniqueIdentifier]));
  const centerNames = new Map(centers.map(({ id, name }) => [id, name]));
  return ({ kind, id }) => (kind === 'resource-type' ? typeNames : centerNames).get(id);
}

function viewOverride(override: AccessOverride, identifier: string | null): OverrideView {
  const { id, at, operator, patronId, target, reason } = override;
  return { id, at: viewInstant(at), operator, patronId, kind: target.kind, identifier, reason };
}
