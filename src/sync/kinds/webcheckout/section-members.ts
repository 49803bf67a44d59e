import { gatherRoster } from '../../../domain/group/gather-roster.ts';
import type { Group, MemberValues, Section } from '../../../domain/group/group.ts';
import { memberColumns } from '../../../domain/group/member-columns.ts';
import { memberRowParser, type MemberRow } from '../../../domain/group/parse-member-row.ts';
import { permissionFaults } from '../../../domain/group/plan-group.ts';
import { replaceRoster } from '../../../domain/group/replace-roster.ts';
import type { OperatorRights } from '../../../domain/organization/operator-rights.ts';
import type { RowNote, RowResult } from '../../../domain/outcome.ts';
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
import { PersonIds } from './person-ids.ts';
import { Organizations } from './record-registry.ts';
import { refersToNew } from './refers-to-new.ts';
import { RosterBatch } from './roster-batch.ts';
import { RosterDoubt } from './roster-doubt.ts';
import { senderRights } from './sender-rights.ts';

// W7: an unknown header refuses the file: a renamed end-date would leave access open.
const fileSpec: FileSpec = { kind: 'section-members', columns: memberColumns, unknownColumns: 'refused' };

/** Members of sections, from `section-members.csv`: each section named is replaced whole (W11 – W13). */
export const sectionMembersKind: ImportKind = {
  name: 'section-members',
  fileSpec,
  modes: [
    {
      name: 'replaceDeclaredSections',
      about: 'A section named in the file has the members of the file; others of it become inactive.',
    },
  ],
  options: {},
  noun: ['section', 'sections'],
  of: 'Members',
  names: ['section', 'group'],
  exactKeys: true,
  forOperators: true,
  isFirstLoad: (reader) => reader.members.isEmpty(),
  subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get('section-unique-identifier')!],
  prepare: (header, run, scope) => new PreparedMembers(header, run, scope),
};

/** The rows of one section, read. */
interface ReadRoster {
  readonly index: number;
  readonly section: string;
  readonly rows: readonly MemberRow[];
  readonly unreadable: readonly RowResult[];
}

/** What is stored around a batch. */
interface Around {
  readonly sections: ReadonlyMap<string, Section>;
  readonly groups: ReadonlyMap<number, Group>;
  readonly members: ReadonlyMap<number, readonly MemberValues[]>;
  readonly inDoubt: ReadonlySet<number>;
  readonly organizations: Organizations | undefined;
}

class PreparedMembers implements PreparedImport {
  readonly notes: readonly RowNote[];
  /** S3: rows mean other patrons under another Person-ID. */
  readonly context: string;
  /** What another sender's rows came to says nothing of whether this one may send them (W18). */
  readonly remembers: boolean;
  readonly #scope: PlanScope;
  readonly #rights: OperatorRights;
  readonly #parse: (cells: readonly string[], row: number) => MemberRow;
  readonly #persons: PersonIds;
  readonly #doubt: RosterDoubt;
  #nobodyYet: Promise<boolean> | undefined;
  /** Sections named that the same delivery makes. */
  #newSections = 0;
  #organizations: Promise<Organizations> | undefined;

  constructor(header: readonly string[], run: Run, scope: PlanScope) {
    const { columns, notes } = matchHeader(fileSpec, header);
    this.#scope = scope;
    this.#rights = senderRights(run, scope);
    this.#parse = memberRowParser(columns, header);
    this.context = scope.settings.personIdField;
    this.remembers = this.#rights.everywhere;
    this.#persons = new PersonIds(scope.settings.personIdField);
    this.#doubt = new RosterDoubt(scope.stray, columns.get('member-unique-identifier')!);
    this.notes = this.#doubt.exists ? [...notes, { code: 'no-member-omitted' }] : notes;
  }

  async lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    const read = subjects.map((subject) => this.#read(subject));
    const around = await this.#around(reader, read);
    return (keeps) => {
      const batch = new RosterBatch(keeps, (member) => this.#scope.statusOf(member) === 'ACTIVE');
      const everyRow = keeps({ row: 0, outcome: 'unchanged', notes: [] });
      for (const roster of read) this.#plan(roster, around, everyRow, batch);
      return Promise.resolve(batch.planned());
    };
  }

  async *planRest(): AsyncIterable<PlannedBatch> {
    const notes = refersToNew(this.#newSections, 'section');
    if (notes.length > 0)
      yield {
        ...new RosterBatch(
          () => false,
          () => false,
        ).planned(),
        notes,
      };
  }

  #read(subject: SubjectToRead): ReadRoster {
    const { rows, failed } = subject.decode();
    return {
      index: subject.index,
      section: subject.key,
      rows: rows.map(({ row, cells }) => this.#parse(cells, row)),
      unreadable: failed,
    };
  }

  async #around(reader: TenantReader, read: readonly ReadRoster[]): Promise<Around> {
    const identifiers = read.map(({ section }) => section).filter((section) => section !== '');
    const sections = await reader.records.section.mapByIdentifier(identifiers);
    const ids = Array.from(sections.values(), ({ id }) => id);
    // At a first load there is nobody to be asked for.
    const nobodyYet = await (this.#nobodyYet ??= reader.members.isEmpty());
    const members = nobodyYet ? new Map() : await reader.members.mapBySection(ids);
    await this.#persons.identify(reader, read);
    const inDoubt = await this.#doubt.patrons(reader, this.#persons);
    const around = { sections, members, inDoubt };
    if (this.#rights.everywhere) return { ...around, groups: new Map(), organizations: undefined };
    const organizations = await (this.#organizations ??= Organizations.read(reader));
    const groupIds = [...new Set(Array.from(sections.values(), ({ groupId }) => groupId))];
    const groups = await reader.records.group.findByIds(groupIds);
    return { ...around, groups: new Map(groups.map((group) => [group.id, group])), organizations };
  }

  #plan(roster: ReadRoster, around: Around, everyRow: boolean, batch: RosterBatch): void {
    const { index, section: identifier, rows, unreadable } = roster;
    const section = this.#scope.planned.over('section', identifier, around.sections);
    const refusal = this.#refusal(identifier, section, around);
    if (section === undefined || refusal.length > 0) {
      refuse(roster, refusal, batch);
      return;
    }
    if (section.id < 0) this.#newSections++;
    const gathered = gatherRoster(rows, unreadable);
    const { declared, failedRows } = gathered;
    const stored = around.members.get(section.id) ?? [];
    const inDoubt =
      around.inDoubt.size === 0 ? gathered.inDoubt : new Set([...gathered.inDoubt, ...around.inDoubt]);
    const judgesNobody = gathered.judgesNobody || this.#doubt.concernsAllOf(identifier);
    const plan = replaceRoster(
      { ...gathered, sectionId: section.id, stored, inDoubt, judgesNobody, everyRow },
      this.#scope,
    );
    const clean = failedRows.length === 0 && plan.rows.every(({ notes }) => notes.length === 0);
    const isDeclared = declared.length > 0;
    batch.add({
      index,
      sectionId: section.id,
      section: identifier,
      stored,
      plan,
      declared: isDeclared,
      clean,
    });
  }

  /** Why nothing of a section can be applied, whatever its rows say. */
  #refusal(identifier: string, section: Section | undefined, around: Around): RowNote[] {
    // Each row says so itself.
    if (identifier === '') return [];
    if (section === undefined) {
      // W8: sections before members; a missing one fails the row.
      const at = { column: 'section-unique-identifier', value: identifier } as const;
      const failedIn = this.#scope.planned.failedAt('section', identifier);
      if (failedIn === undefined) return [{ code: 'section-unknown', ...at }];
      return [{ code: 'parent-failed', ...at, suggestion: failedIn }];
    }
    const { organizations, groups } = around;
    if (organizations === undefined) return [];
    const group = this.#scope.planned.findById('group', section.groupId) ?? groups.get(section.groupId)!;
    return permissionFaults(this.#rights, organizations.nameOf(group.organizationId));
  }
}

function refuse({ rows, unreadable }: ReadRoster, refusal: readonly RowNote[], batch: RosterBatch): void {
  for (const { row, patronId, faults = [] } of rows) {
    batch.tell({ row, outcome: 'failed', notes: [...refusal, ...faults], patronId: patronId || null });
  }
  for (const row of unreadable) batch.tell({ ...row, patronId: null });
}
