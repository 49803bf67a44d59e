import { groupColumns } from '../../../domain/group/group-columns.ts';
import type { DeclaredDescribed } from '../../../domain/group/described-row.ts';
import type { Group, GroupValues } from '../../../domain/group/group.ts';
import type { Planned } from '../../../domain/group/plan-described.ts';
import { planGroup, type GroupAround } from '../../../domain/group/plan-group.ts';
import { recordNouns } from '../../../domain/records.ts';
import type { StoredPatron } from '../../../ports/patrons.ts';
import type { Run } from '../../../ports/runs.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../../file-spec.ts';
import type { ImportKind } from '../../import-kind.ts';
import type { PlanScope } from '../../plan-scope.ts';
import { PreparedDescribed } from './prepared-described.ts';
import { Organizations } from './record-registry.ts';

// W7: an unknown header refuses the file: a renamed end-date would leave access open.
const fileSpec: FileSpec = { kind: 'group', columns: groupColumns, unknownColumns: 'refused' };

/** Groups, from `group.csv` (W4 – W10, W13, W18). */
export const groupKind: ImportKind = {
  name: 'group',
  fileSpec,
  // W10: what the file leaves out is untouched.
  modes: [{ name: 'addOrUpdate', about: 'Adds and updates groups; leaves those not in the file alone.' }],
  options: {},
  noun: recordNouns.group,
  exactKeys: true,
  forOperators: true,
  isFirstLoad: async (reader) => (await reader.records.group.listAfter(0, 1)).length === 0,
  subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get('unique-identifier')!],
  prepare: (header, run, scope) => new PreparedGroups(header, run, scope),
};

/** Set id → its identifier and the ids of the organizations it may serve. */
type PrimarySets = ReadonlyMap<number, NonNullable<GroupAround['primarySet']>>;

interface Around {
  readonly organizations: Organizations;
  readonly primarySets: PrimarySets;
}

class PreparedGroups extends PreparedDescribed<'group', Around> {
  #organizations: Promise<Organizations> | undefined;

  constructor(header: readonly string[], run: Run, scope: PlanScope) {
    super('group', { spec: fileSpec, parent: 'organization' }, header, run, scope);
  }

  protected async around(
    reader: TenantReader,
    declared: readonly DeclaredDescribed[],
    stored: ReadonlyMap<string, Group>,
  ): Promise<Around> {
    const organizations = await (this.#organizations ??= Organizations.read(reader));
    const moving = new Set<number>();
    for (const { uniqueIdentifier, parent } of declared) {
      const group = stored.get(uniqueIdentifier);
      if (group === undefined || group.primarySetId === null) continue;
      if (group.organizationId !== organizations.ids.get(parent)) moving.add(group.primarySetId);
    }
    return { organizations, primarySets: await primarySetsOf(reader, [...moving]) };
  }

  protected plan(
    stored: Group | undefined,
    declared: DeclaredDescribed,
    contact: StoredPatron | undefined,
    { organizations, primarySets }: Around,
  ): Planned<GroupValues> {
    const around: GroupAround = {
      organizations: organizations.ids,
      storedOrganization: stored && organizations.nameOf(stored.organizationId),
      primarySet: primarySets.get(stored?.primarySetId ?? 0),
      contact,
    };
    return planGroup(stored, declared, around, this.judging);
  }
}

/** W17: where the primary sets of groups that change their organization may serve. */
async function primarySetsOf(reader: TenantReader, ids: readonly number[]): Promise<PrimarySets> {
  const sets = ids.length === 0 ? [] : await reader.records['authorization-set'].findByIds(ids);
  return new Map(
    sets.map(({ id, uniqueIdentifier, organizationId, delegatedTo }) => [
      id,
      { identifier: uniqueIdentifier, serves: [organizationId, ...delegatedTo] },
    ]),
  );
}
