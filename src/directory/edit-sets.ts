import type { AuthorizationSet, AuthorizationSetValues } from '../domain/authorization/authorization-set.ts';
import { findCycles } from '../domain/authorization/nesting.ts';
import { servesAt } from '../domain/authorization/serves.ts';
import { MusterError } from '../domain/errors.ts';
import { recordNouns } from '../domain/records.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { referred, termAfter, type TermEdit } from './edit-groups.ts';
import { refuseInput, refuseWithoutRight, saveRecord, type RecordEditor } from './record-editor.ts';

/** What people send of an authorization set. What is left out stays; a list that is sent replaces what stands. */
export interface SetEdit extends TermEdit {
  readonly uniqueIdentifier?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Name of the owner. */
  readonly organization?: string | undefined;
  /** Names of organizations. */
  readonly delegatedTo?: readonly string[] | undefined;
  /** Identifiers. */
  readonly resourceTypes?: readonly string[] | undefined;
  /** Names. */
  readonly checkoutCenters?: readonly string[] | undefined;
  readonly wcoCheckoutCenters?: readonly string[] | undefined;
  /** Identifiers. */
  readonly sets?: readonly string[] | undefined;
}

type StoredSet = StoredRecord<'authorization-set'>;

/**
 * Makes an authorization set, or changes the one given. Only operators of its owner do (W17, W18): `forbidden`.
 * `bad-request` where it refers to what is not registered (W15), nests a set of another organization that is not
 * delegated (W17) or would close a cycle (W16); `conflict` where a group or set would be left using a set it may not.
 */
export async function saveSet(
  tx: TenantTransactor,
  before: StoredSet | undefined,
  edit: SetEdit,
  by: RecordEditor,
): Promise<StoredSet> {
  const organizationId =
    edit.organization === undefined
      ? before!.organizationId
      : (await referred(tx, 'organization', 'organization', edit.organization)).id;
  await refuseWithoutRight(tx, by, ...(before ? [before.organizationId] : []), organizationId);
  const listed = async (entity: ListedEntity, field: ListField, identifiers: readonly string[] | undefined) =>
    identifiers === undefined ? (before?.[field] ?? []) : idsOf(tx, entity, field, identifiers);
  const after: AuthorizationSetValues = {
    uniqueIdentifier: edit.uniqueIdentifier ?? before?.uniqueIdentifier ?? '',
    name: edit.name ?? before?.name ?? '',
    description: edit.description ?? before?.description ?? '',
    organizationId,
    delegatedTo: await listed('organization', 'delegatedTo', edit.delegatedTo),
    resourceTypes: await listed('resource-type', 'resourceTypes', edit.resourceTypes),
    checkoutCenters: await listed('checkout-center', 'checkoutCenters', edit.checkoutCenters),
    wcoCheckoutCenters: await listed('checkout-center', 'wcoCheckoutCenters', edit.wcoCheckoutCenters),
    sets: await listed('authorization-set', 'sets', edit.sets),
    ...termAfter(before, edit, by.today),
  };
  await refuseNesting(tx, before, after);
  if (before !== undefined) await refuseStranding(tx, before, after);
  return saveRecord(tx, 'authorization-set', before, after, by);
}

type ListField = 'delegatedTo' | 'resourceTypes' | 'checkoutCenters' | 'wcoCheckoutCenters' | 'sets';
type ListedEntity = 'organization' | 'resource-type' | 'checkout-center' | 'authorization-set';

// W15: matched exactly; every bad entry is named.
async function idsOf(
  tx: TenantTransactor,
  entity: ListedEntity,
  field: ListField,
  identifiers: readonly string[],
): Promise<number[]> {
  const found: ReadonlyMap<string, { readonly id: number }> =
    await tx.records[entity].mapByIdentifier(identifiers);
  const bad = identifiers.filter((identifier) => !found.has(identifier));
  if (bad.length > 0) {
    refuseInput(field, `There is no ${recordNouns[entity][0]} ${bad.map((one) => `“${one}”`).join(', ')}.`);
  }
  return [...new Set([...found.values()].map(({ id }) => id))].sort((a, b) => a - b);
}

async function refuseNesting(
  tx: TenantTransactor,
  before: StoredSet | undefined,
  after: AuthorizationSetValues,
): Promise<void> {
  if (after.sets.length === 0) return;
  const nested = await tx.records['authorization-set'].findByIds(after.sets);
  // W17
  const foreign = nested.filter((set) => !servesAt(set, after.organizationId));
  if (foreign.length > 0) {
    const names = foreign.map(({ uniqueIdentifier }) => `“${uniqueIdentifier}”`).join(', ');
    refuseInput('sets', `${names} may not be nested here: not of this organization, nor delegated to it.`);
  }
  if (before === undefined) return;
  // W16
  const all = await everySet(tx);
  const names = new Map(all.map(({ id, uniqueIdentifier }) => [id, uniqueIdentifier]));
  const standing = new Map(all.map(({ id, sets }) => [String(id), sets.map(String)]));
  const row = { set: String(before.id), nests: after.sets.map(String) };
  const cycle = findCycles([row], (set) => (set === row.set ? [] : (standing.get(set) ?? []))).get(0);
  if (cycle === undefined) return;
  refuseInput('sets', `This would close a circle: ${cycle.map((id) => names.get(Number(id))).join(' → ')}.`);
}

/** W17: groups and sets keep using a set only where they may. */
async function refuseStranding(
  tx: TenantTransactor,
  before: StoredSet,
  after: AuthorizationSetValues,
): Promise<void> {
  const served = (set: Pick<AuthorizationSet, 'organizationId' | 'delegatedTo'>) =>
    [set.organizationId, ...set.delegatedTo].sort((a, b) => a - b).join();
  if (served(before) === served(after)) return;
  const user =
    (await everySet(tx)).find(
      ({ sets, organizationId }) => sets.includes(before.id) && !servesAt(after, organizationId),
    ) ??
    (await everyGroup(tx)).find(
      ({ primarySetId, organizationId }) => primarySetId === before.id && !servesAt(after, organizationId),
    );
  if (user === undefined) return;
  throw new MusterError(
    'conflict',
    `“${user.uniqueIdentifier}” uses this authorization set and would no longer be allowed to. Take it away there first, or keep it delegated.`,
  );
}

const everySet = (reader: TenantReader) => everyRecord(reader, 'authorization-set');
const everyGroup = (reader: TenantReader) => everyRecord(reader, 'group');

const recordsPerPiece = 1000;

async function everyRecord<E extends 'authorization-set' | 'group'>(
  reader: TenantReader,
  entity: E,
): Promise<StoredRecord<E>[]> {
  const all: StoredRecord<E>[] = [];
  for (let after = 0; ;) {
    const piece: StoredRecord<E>[] = await reader.records[entity].listAfter(after, recordsPerPiece);
    if (piece.length === 0) return all;
    all.push(...piece);
    after = piece.at(-1)!.id;
  }
}
