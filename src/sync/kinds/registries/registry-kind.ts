import {
  registryColumns,
  type RegistryColumn,
  type RegistryEntity,
} from '../../../domain/organization/registry-columns.ts';
import {
  mergeRegistryRow,
  registryRowParser,
  type ParsedRegistryRow,
  type RegistryRow,
} from '../../../domain/organization/registry-rows.ts';
import type { RowResult } from '../../../domain/outcome.ts';
import type { RecordChangeOf, RecordPlanChange } from '../../../domain/plan/record-change.ts';
import { recordNouns, type RecordTypes } from '../../../domain/records.ts';
import type { FileKindName, Run } from '../../../ports/runs.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../../file-spec.ts';
import type { SubjectToRead, ImportKind, PlanBatch, PreparedImport } from '../../import-kind.ts';
import type { PlanScope } from '../../plan-scope.ts';
import { RecordBatch } from '../record-batch.ts';

/** The kind of file that fills a registry: adds and updates, never removes (M4). */
export function registryKind(name: FileKindName, entity: RegistryEntity): ImportKind {
  const columns: readonly RegistryColumn[] = registryColumns[entity];
  const fileSpec: FileSpec = { kind: name, columns, unknownColumns: 'refused' };
  const identifier = columns.find(({ holds }) => holds === 'identifier')!.name;
  return {
    name,
    fileSpec,
    modes: [{ name: 'addOrUpdate', about: 'Adds and updates; removes nothing.' }],
    options: {},
    noun: recordNouns[entity],
    exactKeys: true,
    isFirstLoad: async (reader) => (await reader.records[entity].listAfter(0, 1)).length === 0,
    subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get(identifier)!],
    prepare: (header, _run: Run, scope) => new PreparedRegistry(entity, fileSpec, header, scope),
  };
}

class PreparedRegistry implements PreparedImport {
  readonly notes;
  readonly #entity: RegistryEntity;
  readonly #scope: PlanScope;
  readonly #parse: (cells: readonly string[], row: number) => ParsedRegistryRow;

  constructor(entity: RegistryEntity, spec: FileSpec, header: readonly string[], scope: PlanScope) {
    const { columns, notes } = matchHeader(spec, header);
    this.notes = notes;
    this.#entity = entity;
    this.#scope = scope;
    this.#parse = registryRowParser(entity, columns);
  }

  async lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    const keys = subjects.map(({ key }) => key).filter((key) => key !== '');
    const stored = await reader.records[this.#entity].mapByIdentifier(keys);
    return (keeps) => {
      const batch = new RecordBatch(this.#scope, keeps);
      for (const subject of subjects) this.#plan(subject, stored.get(subject.key), batch);
      return Promise.resolve(batch.planned());
    };
  }

  /** W7: of several rows about one record the last good one counts, over what those before it said. */
  #plan(subject: SubjectToRead, stored: RecordTypes[RegistryEntity] | undefined, batch: RecordBatch): void {
    const { rows, failed } = subject.decode();
    const parsed = rows.map(({ row, cells }) => this.#parse(cells, row));
    const faults = [...failed, ...parsed.flatMap((one) => one.failed ?? [])];
    for (const fault of faults) batch.tell(fault);
    const said = parsed.flatMap((one) => ('said' in one ? [one.said] : []));
    const last = said.at(-1);
    if (last === undefined) return;
    for (const earlier of said.slice(0, -1)) batch.tell(repeated(earlier, last));
    const change = this.#change(stored, said);
    batch.add({
      index: subject.index,
      change,
      row: last.row,
      clean: said.length === 1 && faults.length === 0,
    });
  }

  #change(stored: RecordTypes[RegistryEntity] | undefined, said: readonly RegistryRow[]): RecordPlanChange {
    const id = stored?.id ?? this.#scope.planned.newId();
    let after: Record<string, unknown> | undefined = stored && { ...stored };
    for (const row of said) after = mergeRegistryRow(this.#entity, after, row);
    const change = { about: 'record', entity: this.#entity, before: stored, after: { ...after, id } };
    return change as unknown as RecordChangeOf<RegistryEntity> as RecordPlanChange;
  }
}

function repeated({ row, identifier }: RegistryRow, { row: later }: RegistryRow): RowResult {
  const note = { code: 'identifier-repeated', value: identifier, suggestion: String(later) } as const;
  return { row, outcome: 'unchanged', notes: [note] };
}
