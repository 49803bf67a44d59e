import type { PlannedRecord, PlanSubject } from '../domain/plan/planned-record.ts';
import type { Page } from './patrons.ts';

/** What a plan does to one subject, kept for those who look at it. */
export interface PlanItem {
  readonly subject: PlanSubject;
  /** Whether anybody loses anything: the patron, somebody getting messages about it, a member. */
  readonly loses: boolean;
  /** What was planned; left out where it was done, since records and journal tell it. */
  readonly records?: readonly PlannedRecord[];
}

export interface PlanReader {
  /** The subjects of a plan in the order of its parts, those that lose anything first within a part. */
  list(
    runId: number,
    filter: { readonly page: number; readonly pageSize: number; readonly onlyLosing?: boolean },
  ): Promise<Page<PlanItem>>;
}

export interface PlanWriter {
  /** Keeps the next subjects of a plan; each part is read and written as one. Parts are numbered from 0. */
  insertPart(runId: number, part: number, items: readonly PlanItem[]): Promise<void>;
  remove(runId: number): Promise<void>;
  /** Forgets a patron in all plans; one that was yet to be made is found by a key that is one of `texts`. */
  removeByPatron(patronId: number, texts: readonly string[]): Promise<void>;
  /** Deletes at most `limit` parts of runs that ended before the instant, those of held runs excepted; gives how many. */
  purgeBefore(finishedBefore: number, limit: number): Promise<number>;
}
