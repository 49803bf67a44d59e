import { applyRosterChanges } from '../../../directory/apply-roster.ts';
import type { RosterPlan, RosterRow } from '../../../domain/group/replace-roster.ts';
import type { MemberValues } from '../../../domain/group/group.ts';
import { noCounts, type RowResult } from '../../../domain/outcome.ts';
import type { RosterChange } from '../../../domain/plan/roster-change.ts';
import type { PlannedBatch } from '../../import-kind.ts';

/** A section with what its rows make of its members. */
export interface PlannedRoster {
  /** The subject's place in the partition. */
  readonly index: number;
  /** Negative where the section is yet to be made. */
  readonly sectionId: number;
  readonly section: string;
  readonly stored: readonly MemberValues[];
  readonly plan: RosterPlan;
  /** Some row is good: the section is declared. */
  readonly declared: boolean;
  /** The same rows need no second look if they say the same again. */
  readonly clean: boolean;
}

/** Gathers the rosters of some sections into one batch. */
export class RosterBatch {
  readonly #keeps: (row: RowResult) => boolean;
  readonly #isActive: (member: MemberValues) => boolean;
  readonly #rows: RosterRow[] = [];
  readonly #changes: RosterChange[] = [];
  readonly #clean: { index: number; subjectId: number }[] = [];
  readonly #counts = noCounts();
  #subjects = 0;
  #weight = 0;
  #standing = 0;

  constructor(keeps: (row: RowResult) => boolean, isActive: (member: MemberValues) => boolean) {
    this.#keeps = keeps;
    this.#isActive = isActive;
  }

  /** A row that failed, or of which there is only to tell. */
  tell(row: RosterRow): void {
    if (row.outcome === 'failed') this.#counts.failed++;
    if (this.#keeps(row)) this.#rows.push(row);
  }

  add({ index, sectionId, section, stored, plan, declared, clean }: PlannedRoster): void {
    for (const row of plan.rows) this.tell(row);
    const { creates, updates, inactivates, unchanged } = plan;
    this.#counts.created += creates.length;
    this.#counts.updated += updates.length;
    this.#counts.inactivated += inactivates.length;
    this.#counts.unchanged += unchanged;
    if (declared) this.#subjects++;
    if (clean) this.#clean.push({ index, subjectId: sectionId });
    const active = stored.length === 0 ? 0 : stored.filter(this.#isActive).length;
    if (declared) this.#standing += active;
    const weight = creates.length + updates.length + inactivates.length;
    if (weight === 0) return;
    this.#weight += weight;
    const all = inactivates.length === 0 ? updates : [...updates, ...inactivates];
    this.#changes.push({ about: 'roster', sectionId, section, active, creates, updates: all, removes: [] });
  }

  planned(): PlannedBatch {
    const changes = this.#changes;
    return {
      rows: this.#rows,
      subjects: this.#subjects,
      counts: this.#counts,
      weight: this.#weight,
      clean: this.#clean,
      changes,
      standing: this.#standing,
      apply: (tx, context) => applyRosterChanges(tx, changes, { ...context, journalCreations: false }),
    };
  }
}
