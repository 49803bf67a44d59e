import type { AuthorizationSet } from '../../domain/authorization/authorization-set.ts';
import { entryKindCode } from '../schema/codes.ts';
import type { StoreContext, Value } from './context.ts';

/** What a set grants, nests and is delegated to: lists in tables of their own. */
export type SetLists = Pick<
  AuthorizationSet,
  'resourceTypes' | 'checkoutCenters' | 'wcoCheckoutCenters' | 'sets' | 'delegatedTo'
>;

const listOfKind = {
  'resource-type': 'resourceTypes',
  'checkout-center': 'checkoutCenters',
  'wco-checkout-center': 'wcoCheckoutCenters',
  'authorization-set': 'sets',
} as const;
type EntryKind = keyof typeof listOfKind;
const kinds = Object.keys(listOfKind) as EntryKind[];

/** The lists of authorization sets. */
export class SetParts {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Every given set's lists, ascending. */
  async map(setIds: readonly number[]): Promise<Map<number, SetLists>> {
    const { db, tools, tenantId } = this.#context;
    const lists = new Map(setIds.map((id) => [id, emptyLists()] as const));
    if (setIds.length === 0) return lists;
    const entries = await db
      .selectFrom(tools.wantedIds(setIds))
      .crossJoin('set_entry')
      .select(['set_entry.set_id', 'set_entry.kind', 'set_entry.target_id'])
      .where('set_entry.tenant_id', '=', tenantId)
      .whereRef('set_entry.set_id', '=', 'wanted.value')
      .orderBy('set_entry.set_id')
      .orderBy('set_entry.target_id')
      .execute();
    for (const { set_id, kind, target_id } of entries) {
      lists.get(set_id)![listOfKind[entryKindCode.toWord(kind)]].push(target_id);
    }
    const delegations = await db
      .selectFrom(tools.wantedIds(setIds))
      .crossJoin('set_delegation')
      .select(['set_delegation.set_id', 'set_delegation.organization_id'])
      .where('set_delegation.tenant_id', '=', tenantId)
      .whereRef('set_delegation.set_id', '=', 'wanted.value')
      .orderBy('set_delegation.set_id')
      .orderBy('set_delegation.organization_id')
      .execute();
    for (const { set_id, organization_id } of delegations)
      lists.get(set_id)!.delegatedTo.push(organization_id);
    return lists;
  }

  /** Writes the lists of sets that have none yet. */
  async insert(sets: readonly (SetLists & { readonly id: number })[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    await tools.insertRows(
      'set_entry',
      { tenant_id: tenantId },
      ['set_id', 'kind', 'target_id'],
      sets.flatMap(entryRows).flat(),
    );
    await tools.insertRows(
      'set_delegation',
      { tenant_id: tenantId },
      ['set_id', 'organization_id'],
      sets.flatMap(delegationRows).flat(),
    );
  }

  /** Makes the lists what they are in `sets`, writing only what differs. */
  async update(sets: readonly (SetLists & { readonly id: number })[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const stored = await this.map(sets.map(({ id }) => id));
    const before = sets.map(({ id }) => ({ ...stored.get(id)!, id }));
    const withTenant = (rows: Value[][]) => rows.map((row) => [tenantId, ...row]);
    const entries = differences(before.flatMap(entryRows), sets.flatMap(entryRows));
    await tools.deleteRows(
      'set_entry',
      ['tenant_id', 'set_id', 'kind', 'target_id'],
      withTenant(entries.gone),
    );
    await tools.insertRows(
      'set_entry',
      { tenant_id: tenantId },
      ['set_id', 'kind', 'target_id'],
      entries.come.flat(),
    );
    const delegations = differences(before.flatMap(delegationRows), sets.flatMap(delegationRows));
    await tools.deleteRows(
      'set_delegation',
      ['tenant_id', 'set_id', 'organization_id'],
      withTenant(delegations.gone),
    );
    await tools.insertRows(
      'set_delegation',
      { tenant_id: tenantId },
      ['set_id', 'organization_id'],
      delegations.come.flat(),
    );
  }

  async remove(setIds: readonly number[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const keys = setIds.map((id) => [tenantId, id]);
    await tools.deleteRows('set_entry', ['tenant_id', 'set_id'], keys);
    await tools.deleteRows('set_delegation', ['tenant_id', 'set_id'], keys);
  }
}

function emptyLists() {
  return {
    resourceTypes: [] as number[],
    checkoutCenters: [] as number[],
    wcoCheckoutCenters: [] as number[],
    sets: [] as number[],
    delegatedTo: [] as number[],
  };
}

/** Set, kind and target of every entry, in key order. */
function entryRows(set: SetLists & { readonly id: number }): number[][] {
  return kinds.flatMap((kind) =>
    set[listOfKind[kind]].map((targetId) => [set.id, entryKindCode.toNumber(kind), targetId]),
  );
}

function delegationRows({ id, delegatedTo }: SetLists & { readonly id: number }): number[][] {
  return delegatedTo.map((organizationId) => [id, organizationId]);
}

/** The rows that only one of two lists has. */
function differences(before: readonly number[][], after: readonly number[][]) {
  const had = new Set(before.map(String));
  const has = new Set(after.map(String));
  return {
    gone: before.filter((row) => !has.has(String(row))),
    come: after.filter((row) => !had.has(String(row))),
  };
}
