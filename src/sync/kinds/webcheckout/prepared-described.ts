import {
  describedRowParser,
  type DeclaredDescribed,
  type DescribedRow,
  type ParentColumn,
} from '../../../domain/group/described-row.ts';
import type { Judging } from '../../../domain/group/plan-group.ts';
import type { Planned } from '../../../domain/group/plan-described.ts';
import type { RowNote, RowResult } from '../../../domain/outcome.ts';
import type { RecordPlanChange } from '../../../domain/plan/record-change.ts';
import { foldKey } from '../../../domain/text/fold.ts';
import type { StoredPatron } from '../../../ports/patrons.ts';
import type { RecordEntity, RecordTypes } from '../../../ports/records.ts';
import type { Run } from '../../../ports/runs.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../../file-spec.ts';
import type { SubjectToRead, PlanBatch, PlannedBatch, PreparedImport } from '../../import-kind.ts';
import type { PlanScope } from '../../plan-scope.ts';
import { RecordBatch } from '../record-batch.ts';
import { senderRights } from './sender-rights.ts';

/** The rows of one identifier, read. */
interface ReadSubject {
  readonly index: number;
  readonly identifier: string;
  /** In file order. */
  readonly good: readonly DeclaredDescribed[];
  readonly failed: readonly RowResult[];
}

/**
 * What files of groups and of sections have in common: one record an identifier, of whose good rows the last one
 * counts. Nothing is remembered of their rows from one import to the next, since what a row means hangs on the day
 * and on much that it refers to.
 */
export abstract class PreparedDescribed<E extends 'group' | 'section', Around> implements PreparedImport {
  readonly notes: readonly RowNote[];
  protected readonly scope: PlanScope;
  protected readonly judging: Judging;
  readonly #entity: E;
  readonly #parse: (cells: readonly string[], row: number) => DescribedRow;

  constructor(
    entity: E,
    { spec, parent }: { readonly spec: FileSpec; readonly parent: ParentColumn },
    header: readonly string[],
    run: Run,
    scope: PlanScope,
  ) {
    const { columns, notes } = matchHeader(spec, header);
    this.notes = notes;
    this.scope = scope;
    this.judging = { today: scope, rights: senderRights(run, scope) };
    this.#entity = entity;
    this.#parse = describedRowParser(columns, header, parent);
  }

  /** Asks for what the rows refer to, beside their own records and contact persons. */
  protected abstract around(
    reader: TenantReader,
    declared: readonly DeclaredDescribed[],
    stored: ReadonlyMap<string, RecordTypes[E]>,
  ): Promise<Around>;

  /** What a row makes of its record. */
  protected abstract plan(
    stored: RecordTypes[E] | undefined,
    declared: DeclaredDescribed,
    contact: StoredPatron | undefined,
    around: Around,
  ): Planned<Omit<RecordTypes[E], 'id'>>;

  /** What the file is to be told of once all of it was planned. */
  protected closingNotes(): RowNote[] {
    return [];
  }

  async *planRest(): AsyncIterable<PlannedBatch> {
    const notes = this.closingNotes();
    if (notes.length > 0) yield { ...new RecordBatch(this.scope, () => false).planned(), notes };
  }

  async lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    const read = subjects.map((subject) => this.#read(subject));
    const declared = read.flatMap(({ good }) => good);
    const identifiers = read.filter(({ good }) => good.length > 0).map(({ identifier }) => identifier);
    const stored = await reader.records[this.#entity].mapByIdentifier(identifiers);
    const contactOf = await this.#contacts(reader, declared);
    const around = await this.around(reader, declared, stored);
    return (keeps) => {
      const batch = new RecordBatch(this.scope, keeps);
      for (const subject of read) this.#planSubject(subject, batch, { stored, contactOf, around });
      return Promise.resolve(batch.planned());
    };
  }

  #read(subject: SubjectToRead): ReadSubject {
    const { rows, failed } = subject.decode();
    const good: DeclaredDescribed[] = [];
    const bad: RowResult[] = [...failed];
    for (const { row, cells } of rows) {
      const parsed = this.#parse(cells, row);
      if ('outcome' in parsed) bad.push(parsed);
      else good.push(parsed);
    }
    return { index: subject.index, identifier: subject.key, good, failed: bad };
  }

  /** S3: which field the Person-ID is, the tenant has chosen. */
  async #contacts(
    reader: TenantReader,
    declared: readonly DeclaredDescribed[],
  ): Promise<(personId: string | undefined) => StoredPatron | undefined> {
    const keys = new Set(declared.map(({ contactPerson = '' }) => foldKey(contactPerson)));
    keys.delete('');
    const found =
      keys.size === 0
        ? new Map<string, StoredPatron>()
        : await reader.patrons.mapByKey(this.scope.settings.personIdField, [...keys]);
    return (personId = '') => found.get(foldKey(personId));
  }

  #planSubject(
    { index, identifier, good, failed }: ReadSubject,
    batch: RecordBatch,
    {
      stored,
      contactOf,
      around,
    }: {
      readonly stored: ReadonlyMap<string, RecordTypes[E]>;
      readonly contactOf: (personId: string | undefined) => StoredPatron | undefined;
      readonly around: Around;
    },
  ): void {
    for (const row of failed) batch.tell(row);
    const before = this.scope.planned.over(this.#entity, identifier, stored);
    const planned: Sound<E>[] = [];
    for (const declared of good) {
      const contact = contactOf(declared.contactPerson);
      const result = this.plan(before, declared, contact, around);
      const { row } = declared;
      if (result.faults) batch.tell({ row, outcome: 'failed', notes: result.faults }, contact?.id);
      else planned.push({ row, after: result.after, warnings: result.warnings });
    }
    const last = planned.at(-1);
    if (last === undefined) {
      const [first] = [...good.map(({ row }) => row), ...failed.map(({ row }) => row)];
      this.scope.planned.fail(this.#entity, identifier, `row ${first} of the ${this.#entity}s`);
      return;
    }
    const id = before?.id ?? this.scope.planned.newId();
    const change = { about: 'record', entity: this.#entity, before, after: { ...last.after, id } };
    // W7: of several rows the last good one counts, and all of them say so.
    const twin = (other: number): RowNote[] =>
      planned.length === 1
        ? []
        : [{ code: 'identifier-repeated', value: identifier, suggestion: String(other) }];
    const outcome = batch.add({
      index,
      change: change as unknown as RecordPlanChange,
      row: last.row,
      notes: [...twin(planned.at(-2)?.row ?? 0), ...last.warnings],
    });
    for (const { row } of planned.slice(0, -1)) batch.tell({ row, outcome, notes: twin(last.row) });
  }
}

/** A row that can be applied. */
interface Sound<E extends RecordEntity> {
  readonly row: number;
  readonly after: Omit<RecordTypes[E], 'id'>;
  readonly warnings: readonly RowNote[];
}
