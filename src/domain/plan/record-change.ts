import type { Term, TermStatus } from '../access/term.ts';
import type { RecordEntity, RecordTypes } from '../records.ts';

/** What a plan does to one record. */
export type RecordChangeOf<E extends RecordEntity> = {
  readonly about: 'record';
  readonly entity: E;
  /** As it stands, or as something earlier in the same plan leaves it; undefined for one that is yet to be made. */
  readonly before: RecordTypes[E] | undefined;
  /**
   * The whole record. One that is yet to be made has a negative id, by which others of the same plan refer to it
   * until it is stored (`PlannedIds`).
   */
  readonly after: RecordTypes[E];
};

export type RecordPlanChange = { [E in RecordEntity]: RecordChangeOf<E> }[RecordEntity];

/** What decides a status on the day of the plan (W2). */
export type StatusOf = (term: Term) => TermStatus;

/** The term of a record that has one. */
export function termOf(record: RecordTypes[RecordEntity]): Term | undefined {
  return 'startDate' in record ? record : undefined;
}

/** Status of a record or member; null for what has no term. */
export function statusOfRecord(record: RecordTypes[RecordEntity], statusOf: StatusOf): TermStatus | null {
  const term = termOf(record);
  return term === undefined ? null : statusOf(term);
}

/** What a change of something that may have a status is, in the words of journal and plan. */
export function actionOf(
  before: Term | undefined,
  after: Term | undefined,
  statusOf: StatusOf,
): 'updated' | 'inactivated' {
  if (before === undefined || after === undefined) return 'updated';
  return statusOf(before) !== 'INACTIVE' && statusOf(after) === 'INACTIVE' ? 'inactivated' : 'updated';
}
