import type { AuthorizationSet } from '../../../domain/authorization/authorization-set.ts';
import { setRowParser, type DeclaredSet, type SetRow } from '../../../domain/authorization/parse-set-row.ts';
import { planSets, type PlannedSet, type SetsPlan } from '../../../domain/authorization/plan-sets.ts';
import type { GroupOfSets, SetsAround } from '../../../domain/authorization/set-around.ts';
import { setColumns } from '../../../domain/authorization/set-columns.ts';
import type { FailedSetRow } from '../../../domain/authorization/set-rows.ts';
import type { Group } from '../../../domain/group/group.ts';
import type { OperatorRights } from '../../../domain/organization/operator-rights.ts';
import type { RowNote, RowResult } from '../../../domain/outcome.ts';
import type { RecordChangeOf } from '../../../domain/plan/record-change.ts';
import { recordNouns } from '../../../domain/records.ts';
import type { Run } from '../../../ports/runs.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../../file-spec.ts';
import type {
  SubjectToRead,
  ImportKind,
  PlanBatch,
  PlannedBatch,
  PreparedImport,
} from '../../import-kind.ts';
import type { PlanScope } from '../../plan-scope.ts';
import { RecordBatch } from '../record-batch.ts';
import { Organizations, readAll } from './record-registry.ts';
import { refersToNew } from './refers-to-new.ts';
import { senderRights } from './sender-rights.ts';

// W7: an unknown header refuses the file.
const fileSpec: FileSpec = { kind: 'authorization-set', columns: setColumns, unknownColumns: 'refused' };

/** Authorization sets, from `authorization-set.csv` (W5 – W10, W14 – W18). */
export const authorizationSetKind: ImportKind = {
  name: 'authorization-set',
  fileSpec,
  // W10: what the file leaves out is untouched, entries included.
  modes: [{ name: 'addOrUpdate', about: 'Adds and updates sets and adds entries; leaves all others alone.' }],
  options: {},
  noun: recordNouns['authorization-set'],
  names: ['group'],
  exactKeys: true,
  forOperators: true,
  // W15: ten thousand entries and more fit into a cell.
  limits: { cellBytesMax: 2 * 1024 * 1024, recordBytesMax: 8 * 1024 * 1024 },
  isFirstLoad: async (reader) => (await reader.records['authorization-set'].listAfter(0, 1)).length === 0,
  subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get('unique-identifier')!],
  prepare: (header, run, scope) => new PreparedSets(header, run, scope),
};

/** Its rows may refer to each other wherever they stand, so all of them are planned together at the end (W15). */
class PreparedSets implements PreparedImport {
  readonly notes: readonly RowNote[];
  readonly #scope: PlanScope;
  readonly #rights: OperatorRights;
  readonly #parse: (cells: readonly string[], row: number) => SetRow;
  readonly #declared: DeclaredSet[] = [];
  readonly #failed: FailedSetRow[] = [];
  /** Wants every row: of few it cannot be too much. */
  #keeps: (row: RowResult) => boolean = () => true;

  constructor(header: readonly string[], run: Run, scope: PlanScope) {
    const { columns, notes } = matchHeader(fileSpec, header);
    this.notes = notes;
    this.#scope = scope;
    this.#rights = senderRights(run, scope);
    this.#parse = setRowParser(columns, header);
  }

  lookUp(_reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    for (const subject of subjects) {
      const { key } = subject;
      const { rows, failed } = subject.decode();
      for (const result of failed) this.#failed.push({ result, uniqueIdentifier: key });
      for (const { row, cells } of rows) {
        const parsed = this.#parse(cells, row);
        if ('outcome' in parsed) this.#failed.push({ result: parsed, uniqueIdentifier: key });
        else this.#declared.push(parsed);
      }
    }
    return Promise.resolve((keeps) => {
      this.#keeps = keeps;
      return Promise.resolve(new RecordBatch(this.#scope, keeps).planned());
    });
  }

  async *planRest(reader: TenantReader): AsyncIterable<PlannedBatch> {
    // Subjects come in order of their first row; which row is the later one is told by its number.
    this.#declared.sort((a, b) => a.row - b.row);
    const groups = await this.#groups(reader);
    const around = await this.#around(reader, groups);
    const made = [...groups.values()].filter(({ id }) => id < 0).length;
    const batch = this.#batchOf(planSets(this.#declared, this.#failed, around), around, groups);
    yield { ...batch, notes: refersToNew(made, 'group') };
  }

  /** The groups that rows name, as stored or as this delivery leaves them. */
  async #groups(reader: TenantReader): Promise<ReadonlyMap<string, Group>> {
    const named = [...new Set(this.#declared.flatMap(({ group }) => group ?? []))];
    const stored = await reader.records.group.mapByIdentifier(named);
    const { planned } = this.#scope;
    const found = named.map((identifier) => [identifier, planned.over('group', identifier, stored)] as const);
    return new Map(found.filter((entry): entry is readonly [string, Group] => entry[1] !== undefined));
  }

  async #around(reader: TenantReader, groups: ReadonlyMap<string, Group>): Promise<SetsAround> {
    const organizations = await Organizations.read(reader);
    const all = await readAll(reader, 'authorization-set');
    const sets = new Map(all.map((set) => [set.uniqueIdentifier, set]));
    const identifiers = new Map(all.map(({ id, uniqueIdentifier }) => [id, uniqueIdentifier]));
    const known = (group: Group): GroupOfSets => ({
      identifier: group.uniqueIdentifier,
      organization: organizations.nameOf(group.organizationId),
      primarySet: group.primarySetId === null ? undefined : identifiers.get(group.primarySetId),
    });
    const { planned } = this.#scope;
    const failed = this.#declared.flatMap(({ group = '' }) => {
      const failedIn = groups.has(group) ? undefined : planned.failedAt('group', group);
      return failedIn === undefined ? [] : [[group, failedIn] as const];
    });
    return {
      today: this.#scope,
      rights: this.#rights,
      organizations: organizations.ids,
      resourceTypes: new Map(
        (await readAll(reader, 'resource-type')).map(({ id, uniqueIdentifier }) => [uniqueIdentifier, id]),
      ),
      checkoutCenters: new Map((await readAll(reader, 'checkout-center')).map(({ id, name }) => [name, id])),
      sets,
      groups: new Map(Array.from(groups, ([identifier, group]) => [identifier, known(group)])),
      failedGroups: new Map(failed),
      usedBy: await this.#usedBy(reader, sets, organizations, known),
    };
  }

  /** W17: groups whose primary set some row moves to another organization; that is rare. */
  async #usedBy(
    reader: TenantReader,
    sets: ReadonlyMap<string, AuthorizationSet>,
    organizations: Organizations,
    known: (group: Group) => GroupOfSets,
  ): Promise<ReadonlyMap<string, readonly GroupOfSets[]>> {
    const moves = this.#declared.some(({ uniqueIdentifier, organization }) => {
      const set = sets.get(uniqueIdentifier);
      return set !== undefined && set.organizationId !== organizations.ids.get(organization);
    });
    if (!moves) return new Map();
    const groups = (await readAll(reader, 'group'))
      .map((group) => known(this.#scope.planned.findById('group', group.id) ?? group))
      .filter(({ primarySet }) => primarySet !== undefined);
    return Map.groupBy(groups, ({ primarySet }) => primarySet!);
  }

  #batchOf(
    { sets, failedRows }: SetsPlan,
    { sets: stored }: SetsAround,
    groups: ReadonlyMap<string, Group>,
  ): PlannedBatch {
    const batch = new RecordBatch(this.#scope, this.#keeps);
    for (const row of failedRows) batch.tell(row);
    const made = new Map<string, number>();
    for (const { before, after } of sets) {
      if (before === undefined) made.set(after.uniqueIdentifier, this.#scope.planned.newId());
    }
    const idOf = (identifier: string) => made.get(identifier) ?? stored.get(identifier)!.id;
    for (const set of sets) addSet(set, idOf, groups, batch);
    return batch.planned();
  }
}

function addSet(
  { before, after, groups: primaryOf, rows }: PlannedSet,
  idOf: (identifier: string) => number,
  groups: ReadonlyMap<string, Group>,
  batch: RecordBatch,
): void {
  const { nests, ...values } = after;
  const id = idOf(after.uniqueIdentifier);
  const sets = nests.map(idOf).toSorted((a, b) => a - b);
  const beside = primaryOf.map((identifier): RecordChangeOf<'group'> => {
    const group = groups.get(identifier)!;
    // W14: the group's primary set from now on.
    return { about: 'record', entity: 'group', before: group, after: { ...group, primarySetId: id } };
  });
  const last = rows.at(-1)!;
  const change: RecordChangeOf<'authorization-set'> = {
    about: 'record',
    entity: 'authorization-set',
    before,
    after: { ...values, sets, id },
  };
  const outcome = batch.add({ change, beside, ...last });
  for (const { row, notes } of rows.slice(0, -1)) batch.tell({ row, outcome, notes });
}
