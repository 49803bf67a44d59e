import type { EmailPlan } from '../../domain/contact/patron-email.ts';
import { noCounts, type RowNote, type RowResult } from '../../domain/outcome.ts';
import type { KeyClaim } from '../../domain/patron/key-clashes.ts';
import { patronEquals } from '../../domain/patron/merge-patron.ts';
import type { DeclaredPatron } from '../../domain/patron/patron-row.ts';
import type { PatronValues } from '../../domain/patron/patron.ts';
import type { StoredPatron } from '../../ports/patrons.ts';
import { planWeight } from '../../domain/contact/contact-plan.ts';
import type { ContactListPlan } from '../../directory/apply-contacts.ts';
import { applyPatronPlans, changeOf, type PatronPlan } from '../../directory/apply-patrons.ts';
import type { PlannedBatch } from '../import-kind.ts';

/** What a file says of one patron. */
export interface DeclaredSubject {
  /** Its place in the partition. */
  readonly index: number;
  /** Nothing is to be said of its rows: there is but this one. */
  readonly alone: boolean;
  readonly row: number;
  readonly declared: DeclaredPatron;
}

/** What one patron is to become. */
export interface WantedPatron {
  readonly subject: Pick<DeclaredSubject, 'index' | 'alone'>;
  readonly row: number;
  /** The stored patron, with what it is to be; a new one has a negative number. */
  readonly claim: KeyClaim<PatronValues>;
  readonly before: StoredPatron | undefined;
  /** What is to become of the contacts. */
  readonly email: (ContactListPlan & { readonly plan: EmailPlan }) | undefined;
}

const noNotes: readonly RowNote[] = [];

/** Gathers the plans of some patrons into one batch. */
export class PatronBatch {
  readonly #rows: (RowResult & { patronId: number | null })[] = [];
  readonly #plans: PatronPlan[] = [];
  readonly #clean: { index: number; subjectId: number }[] = [];
  readonly #counts = noCounts();
  #subjects = 0;

  fail(row: RowResult, patronId: number | null): void {
    this.#counts.failed++;
    this.#rows.push({ ...row, patronId });
  }

  /** Rows that say the same as an earlier one of the same patron. */
  repeated(rows: readonly DeclaredSubject[]): void {
    for (const { row } of rows) this.#rows.push({ row, outcome: 'unchanged', notes: [], patronId: null });
  }

  /** Of its row only what `keeps` wants is kept. */
  add({ subject, before, claim, row, email }: WantedPatron, keeps: (row: RowResult) => boolean): void {
    const { after } = claim;
    this.#subjects++;
    const recordChanged = before === undefined || !patronEquals(before, after);
    const emailChanged = email !== undefined && planWeight(email.plan) > 0;
    const outcome =
      before === undefined ? 'created' : recordChanged || emailChanged ? 'updated' : 'unchanged';
    this.#counts[outcome]++;
    const result = {
      row,
      outcome,
      notes: email?.plan.notes ?? noNotes,
      patronId: before?.id ?? null,
    } as const;
    if (keeps(result)) this.#rows.push(result);
    // A new patron has no number yet: what its row said is remembered from the second time on.
    if (before !== undefined && subject.alone && !email?.plan.notes.length) {
      this.#clean.push({ index: subject.index, subjectId: before.id });
    }
    if (outcome !== 'unchanged') {
      this.#plans.push({
        before,
        after: recordChanged ? after : undefined,
        contacts: emailChanged ? email : undefined,
      });
    }
  }

  inactivate(patron: StoredPatron): void {
    this.#counts.inactivated++;
    this.#plans.push({ before: patron, after: { ...patron, status: 'INACTIVE' }, contacts: undefined });
  }

  planned(): PlannedBatch {
    const plans = this.#plans;
    return {
      rows: this.#rows,
      subjects: this.#subjects,
      counts: this.#counts,
      weight: plans.length,
      clean: this.#clean,
      changes: plans.map(changeOf),
      standing: 0,
      apply: (tx, context) => applyPatronPlans(tx, plans, { ...context, journalCreations: false }),
    };
  }
}
