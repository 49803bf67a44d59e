import { applyRecordChanges } from '../../directory/apply-records.ts';
import { noCounts, type RowNote, type RowOutcome, type RowResult } from '../../domain/outcome.ts';
import { actionOf, termOf, type RecordPlanChange } from '../../domain/plan/record-change.ts';
import type { PlannedBatch } from '../import-kind.ts';
import type { PlanScope } from '../plan-scope.ts';

/** What rows of one subject make of a record. */
export interface WantedRecord {
  /** The subject's place in the partition; none where the record is changed beside it. */
  readonly index?: number;
  readonly change: RecordPlanChange;
  /** What the row changes besides, of other records: they are written, and not counted. */
  readonly beside?: readonly RecordPlanChange[];
  /** The row that counts, with what is to be said of it; none where no row of this file is about the record. */
  readonly row?: number;
  readonly notes?: readonly RowNote[];
  /** The same rows need no second look if they say the same again. */
  readonly clean?: boolean;
}

/** Gathers changes of records, each made by a row of its own, into one batch. */
export class RecordBatch {
  readonly #scope: PlanScope;
  readonly #keeps: (row: RowResult) => boolean;
  readonly #rows: (RowResult & { patronId: number | null })[] = [];
  readonly #changes: RecordPlanChange[] = [];
  readonly #clean: { index: number; subjectId: number }[] = [];
  readonly #counts = noCounts();
  #subjects = 0;

  constructor(scope: PlanScope, keeps: (row: RowResult) => boolean) {
    this.#scope = scope;
    this.#keeps = keeps;
  }

  /** A row that failed, or of which there is only to tell; with the patron it names, so that it goes with that one. */
  tell(row: RowResult, patronId: number | null = null): void {
    if (row.outcome === 'failed') this.#counts.failed++;
    if (row.outcome === 'ignored') this.#counts.ignored++;
    if (this.#keeps(row)) this.#rows.push({ ...row, patronId });
  }

  /** A record as its rows want it. One that stands so already is counted and not written. Gives what becomes of it. */
  add({ index, change, beside = [], row, notes = [], clean = false }: WantedRecord): RowOutcome {
    const own = this.#outcomeOf(change);
    const outcome = own === 'unchanged' && beside.length > 0 ? 'updated' : own;
    if (row !== undefined) {
      this.#subjects++;
      this.#counts[outcome]++;
      this.tell({ row, outcome, notes });
    }
    // One that is yet to be made is remembered under its planned id.
    const { id } = change.before ?? change.after;
    if (clean && index !== undefined && notes.length === 0) this.#clean.push({ index, subjectId: id });
    for (const one of own === 'unchanged' ? beside : [change, ...beside]) {
      this.#changes.push(one);
      this.#scope.planned.remember(one);
    }
    return outcome;
  }

  planned(): PlannedBatch {
    const changes = this.#changes;
    return {
      rows: this.#rows,
      subjects: this.#subjects,
      counts: this.#counts,
      weight: changes.length,
      clean: this.#clean,
      changes,
      standing: 0,
      apply: (tx, context) => applyRecordChanges(tx, changes, { ...context, journalCreations: false }),
    };
  }

  #outcomeOf({ before, after }: RecordPlanChange): RowOutcome & keyof ReturnType<typeof noCounts> {
    if (before === undefined) return 'created';
    if (sameRecord(before, after)) return 'unchanged';
    return actionOf(termOf(before), termOf(after), this.#scope.statusOf);
  }
}

/** Whether two records say the same, whatever else storage adds to either. */
export function sameRecord(before: object, after: object): boolean {
  const stands: Readonly<Record<string, unknown>> = { ...before };
  return Object.entries(after).every(([field, value]) =>
    Array.isArray(value) ? sameList(stands[field], value) : stands[field] === value,
  );
}

function sameList(before: unknown, after: readonly unknown[]): boolean {
  return (
    Array.isArray(before) && before.length === after.length && after.every((one, at) => before[at] === one)
  );
}
