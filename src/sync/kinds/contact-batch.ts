import { planWeight } from '../../domain/contact/contact-plan.ts';
import type { DeclaredContact } from '../../domain/contact/parse-contact-row.ts';
import { noCounts, type RowResult } from '../../domain/outcome.ts';
import {
  applyContactPlans,
  countContactPlan,
  type PatronContactPlan,
} from '../../directory/apply-contacts.ts';
import type { PlannedBatch, SubjectToRead } from '../import-kind.ts';

/** The rows of one username, read. */
export interface ReadSubject {
  readonly from: SubjectToRead;
  /** Whom some row means is unknown: the username is blank, or the row has too many or too few cells. */
  readonly unclear: boolean;
  /** As spelled in the first row, for reports. */
  readonly username: string;
  readonly declared: readonly DeclaredContact[];
  readonly failed: readonly RowResult[];
  readonly ignored: readonly RowResult[];
}

/** Gathers the plans of some patrons into one batch. */
export class ContactBatch {
  readonly #rows: (RowResult & { patronId: number | null })[] = [];
  readonly #plans: PatronContactPlan[] = [];
  readonly #clean: { index: number; subjectId: number }[] = [];
  readonly #counts = noCounts();
  readonly #keeps: (row: RowResult) => boolean;
  #subjects = 0;
  #weight = 0;
  #standing = 0;

  constructor(keeps: (row: RowResult) => boolean = () => true) {
    this.#keeps = keeps;
  }

  // I9: an unknown username fails every row that says something; nobody is created.
  addUnknown(subject: ReadSubject): void {
    const reason = !subject.from.named
      ? ({ code: 'username-blank', column: 'username' } as const)
      : ({ code: 'username-unknown', column: 'username', value: subject.username } as const);
    for (const { row } of subject.declared) this.#addRow({ row, outcome: 'failed', notes: [reason] }, null);
    for (const row of subject.failed) this.#addRow({ ...row, notes: [...row.notes, reason] }, null);
    for (const row of subject.ignored) this.#addRow(row, null);
  }

  /** A patron that the file names by some rows. */
  addDeclared(patron: PatronContactPlan, { from, declared, ignored }: ReadSubject): void {
    this.add(patron, ignored, declared.length > 0);
    const { patronId, plan } = patron;
    if (ignored.length > 0 || plan.rows.some(({ notes }) => notes.length > 0)) return;
    if (declared.length > 0) this.#clean.push({ index: from.index, subjectId: patronId });
  }

  add(patron: PatronContactPlan, ignored: readonly RowResult[] = [], declared = false): void {
    const { patronId, plan } = patron;
    for (const row of plan.rows) this.#addRow(row, patronId);
    for (const row of ignored) this.#addRow(row, patronId);
    countContactPlan(this.#counts, plan);
    const weight = planWeight(plan);
    if (weight > 0) this.#plans.push(patron);
    this.#weight += weight;
    if (declared || weight > 0) this.#standing += patron.before.length;
    // I5: declared and applied; a patron none of whose rows is good is neither.
    if (declared) this.#subjects++;
  }

  planned(): PlannedBatch {
    const plans = this.#plans;
    return {
      rows: this.#rows,
      subjects: this.#subjects,
      counts: this.#counts,
      weight: this.#weight,
      clean: this.#clean,
      changes: plans.map((contacts) => ({ about: 'patron', patronId: contacts.patronId, contacts })),
      standing: this.#standing,
      apply: async (tx, context) => {
        await applyContactPlans(tx, plans, { ...context, journalCreations: false });
        return plans.map(({ patronId }) => patronId);
      },
    };
  }

  #addRow(row: RowResult, patronId: number | null): void {
    if (row.outcome === 'failed') this.#counts.failed++;
    if (row.outcome === 'ignored') this.#counts.ignored++;
    if (!this.#keeps(row)) return;
    this.#rows.push({ row: row.row, outcome: row.outcome, notes: row.notes, patronId });
  }
}
