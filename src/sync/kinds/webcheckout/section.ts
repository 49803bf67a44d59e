import { sectionColumns } from '../../../domain/group/section-columns.ts';
import type { DeclaredDescribed } from '../../../domain/group/described-row.ts';
import type { Group, Section, SectionValues } from '../../../domain/group/group.ts';
import type { Planned } from '../../../domain/group/plan-described.ts';
import { planSection, type GroupOfSections, type SectionAround } from '../../../domain/group/plan-group.ts';
import type { RowNote } from '../../../domain/outcome.ts';
import { recordNouns } from '../../../domain/records.ts';
import type { StoredPatron } from '../../../ports/patrons.ts';
import type { Run } from '../../../ports/runs.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../../file-spec.ts';
import type { ImportKind } from '../../import-kind.ts';
import type { PlanScope } from '../../plan-scope.ts';
import { PreparedDescribed } from './prepared-described.ts';
import { Organizations } from './record-registry.ts';
import { refersToNew } from './refers-to-new.ts';

// W7: an unknown header refuses the file.
const fileSpec: FileSpec = { kind: 'section', columns: sectionColumns, unknownColumns: 'refused' };

/** Sections of groups, from `section.csv` (W4 – W10, W13, W18). */
export const sectionKind: ImportKind = {
  name: 'section',
  fileSpec,
  // W10: what the file leaves out is untouched.
  modes: [{ name: 'addOrUpdate', about: 'Adds and updates sections; leaves those not in the file alone.' }],
  options: {},
  noun: recordNouns.section,
  names: ['group'],
  exactKeys: true,
  forOperators: true,
  isFirstLoad: async (reader) => (await reader.records.section.listAfter(0, 1)).length === 0,
  subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get('unique-identifier')!],
  prepare: (header, run, scope) => new PreparedSections(header, run, scope),
};

interface Around {
  readonly organizations: Organizations;
  /** Groups that rows name, and those of the stored sections. */
  readonly byIdentifier: ReadonlyMap<string, Group>;
  readonly byId: ReadonlyMap<number, Group>;
}

class PreparedSections extends PreparedDescribed<'section', Around> {
  #organizations: Promise<Organizations> | undefined;
  /** Groups that the same delivery makes. */
  readonly #newGroups = new Set<number>();

  constructor(header: readonly string[], run: Run, scope: PlanScope) {
    super('section', { spec: fileSpec, parent: 'group-unique-identifier' }, header, run, scope);
  }

  protected async around(
    reader: TenantReader,
    declared: readonly DeclaredDescribed[],
    stored: ReadonlyMap<string, Section>,
  ): Promise<Around> {
    const organizations = await (this.#organizations ??= Organizations.read(reader));
    const named = [...new Set(declared.map(({ parent }) => parent))];
    const byIdentifier = await reader.records.group.mapByIdentifier(named);
    const ids = [...new Set(Array.from(stored.values(), ({ groupId }) => groupId))];
    const groups = ids.length === 0 ? [] : await reader.records.group.findByIds(ids);
    return { organizations, byIdentifier, byId: new Map(groups.map((group) => [group.id, group])) };
  }

  protected override closingNotes(): RowNote[] {
    return refersToNew(this.#newGroups.size, 'group');
  }

  protected plan(
    stored: Section | undefined,
    declared: DeclaredDescribed,
    contact: StoredPatron | undefined,
    { organizations, byIdentifier, byId }: Around,
  ): Planned<SectionValues> {
    const { planned } = this.scope;
    const group = planned.over('group', declared.parent, byIdentifier);
    const storedGroup = stored && (planned.findById('group', stored.groupId) ?? byId.get(stored.groupId));
    const known = (one: Group): GroupOfSections => ({
      id: one.id,
      organization: organizations.nameOf(one.organizationId),
    });
    if (group !== undefined && group.id < 0) this.#newGroups.add(group.id);
    const failedIn = planned.failedAt('group', declared.parent);
    const around: SectionAround = {
      group: group ? known(group) : failedIn === undefined ? undefined : { failedIn },
      storedGroup: storedGroup && known(storedGroup),
      contact,
    };
    return planSection(stored, declared, around, this.judging);
  }
}
