import { MusterError } from '../domain/errors.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/** A target with what it is called and whether it is open to all (W20). */
export interface NamedTarget extends AccessTarget {
  /** Its unique identifier; of a checkout center its name. */
  readonly identifier: string;
  readonly name: string;
  readonly restricted: boolean;
}

/** How whoever asks names a target; exactly one is given. */
export interface TargetChoice {
  readonly resourceType?: string | undefined;
  readonly checkoutCenter?: string | undefined;
  readonly wcoCheckoutCenter?: string | undefined;
}

const kinds = {
  resourceType: 'resource-type',
  checkoutCenter: 'checkout-center',
  wcoCheckoutCenter: 'wco-checkout-center',
} as const satisfies Record<keyof TargetChoice, AccessTarget['kind']>;

const kindWords: Readonly<Record<AccessTarget['kind'], string>> = {
  'resource-type': 'resource type',
  'checkout-center': 'the portal of checkout center',
  'wco-checkout-center': 'service at checkout center',
};

/** A target as a sentence names it. */
export function sayTarget({ kind, identifier }: Pick<NamedTarget, 'kind' | 'identifier'>): string {
  return `${kindWords[kind]} ${identifier}`;
}

type Registries = Pick<TenantReader, 'records'>;

/**
 * The registered target that a question names, compared exactly (W15). `bad-request` unless exactly one is named,
 * `not-found` where nothing of that name is registered.
 */
export async function getTarget(reader: Registries, choice: TargetChoice): Promise<NamedTarget> {
  const named = Object.entries(choice).filter(([, text]) => text !== undefined);
  if (named.length !== 1) {
    throw new MusterError(
      'bad-request',
      'Name one target: a resource type, a checkout center (to enter its portal) or a checkout center to be served at.',
    );
  }
  const [[field, text]] = named as [[keyof TargetChoice, string]];
  const kind = kinds[field];
  const target = await findTarget(reader, kind, text.trim());
  if (target !== undefined) return target;
  const what = kind === 'resource-type' ? 'resource type' : 'checkout center';
  throw new MusterError('not-found', `There is no ${what} “${text}”. Names compare exactly.`, { field });
}

async function findTarget(
  { records }: Registries,
  kind: AccessTarget['kind'],
  identifier: string,
): Promise<NamedTarget | undefined> {
  if (kind === 'resource-type') {
    const type = await records['resource-type'].findByIdentifier(identifier);
    return type && { kind, id: type.id, identifier, name: type.name, restricted: type.restricted };
  }
  const center = await records['checkout-center'].findByIdentifier(identifier);
  if (center === undefined) return undefined;
  const restricted = kind === 'checkout-center' ? center.portalRestricted : center.wcoRestricted;
  return { kind, id: center.id, identifier, name: center.name, restricted };
}

/** Every registered target, by kind and id: a checkout center is one for its portal and one for its service. */
export async function listTargets({ records }: Registries): Promise<NamedTarget[]> {
  const targets: NamedTarget[] = [];
  for await (const { id, uniqueIdentifier, name, restricted } of walk(records['resource-type'])) {
    targets.push({ kind: 'resource-type', id, identifier: uniqueIdentifier, name, restricted });
  }
  const served: NamedTarget[] = [];
  for await (const { id, name, portalRestricted, wcoRestricted } of walk(records['checkout-center'])) {
    const center = { id, identifier: name, name };
    targets.push({ kind: 'checkout-center', ...center, restricted: portalRestricted });
    served.push({ kind: 'wco-checkout-center', ...center, restricted: wcoRestricted });
  }
  return targets.concat(served);
}

const pieceSize = 1000;

async function* walk<T extends { readonly id: number }>(reader: {
  listAfter(afterId: number, limit: number): Promise<T[]>;
}): AsyncGenerator<T> {
  for (let afterId = 0; ;) {
    const piece = await reader.listAfter(afterId, pieceSize);
    yield* piece;
    if (piece.length < pieceSize) return;
    afterId = piece.at(-1)!.id;
  }
}
