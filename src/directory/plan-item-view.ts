import type { PlanSubject } from '../domain/plan/planned-record.ts';
import type { FieldChange } from '../domain/record-fields.ts';
import type { RecordEntity } from '../domain/records.ts';

/** What a plan does to one subject, with the old value beside the new. */
export interface PlanItemView {
  /** `roster`: the members of a section. The label of a patron is both names or, without any, a key. */
  readonly subject: PlanSubject;
  /** Null for a patron that was yet to be made, and where the subject is none. */
  readonly patronId: number | null;
  /** Blank where the subject is no patron. */
  readonly username: string;
  /** The label of the subject. */
  readonly name: string;
  /** Whether anybody loses anything: the patron, somebody getting messages about it, a member. */
  readonly loses: boolean;
  readonly records: RecordOfPlan[];
}

/** One record as a plan changes it or a run changed it. */
export interface RecordOfPlan {
  readonly entity: 'patron' | 'contact' | 'member' | RecordEntity;
  readonly action: 'created' | 'updated' | 'inactivated' | 'removed';
  /** Null for whatever is no contact, and for one yet to be made. */
  readonly contactId: number | null;
  /** What the contact reads, before where it was there before. */
  readonly contact: string | null;
  /** Who a member is. */
  readonly member: { readonly patronId: number; readonly name: string } | null;
  readonly changes: FieldChange[];
}
