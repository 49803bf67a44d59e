import type { Day, Term, TermStatus } from '../domain/access/term.ts';
import type { Page } from './patrons.ts';

export const termEntities = ['group', 'section', 'member', 'authorization-set'] as const;
/** What has a term, and so a status. */
export type TermEntity = (typeof termEntities)[number];

/** Something whose stored status is no longer what its dates say. */
export interface DueTerm extends Term {
  /** Of a member: its section's. */
  readonly id: number;
  readonly patronId: number | null;
  readonly status: TermStatus;
}

/** One change of a stored status (W3). */
export interface StatusChange {
  readonly entity: TermEntity;
  readonly id: number;
  readonly patronId: number | null;
  readonly from: TermStatus;
  readonly to: TermStatus;
}

export interface DailyRun {
  readonly day: Day;
  readonly at: number;
  /** How many became so. */
  readonly activated: number;
  readonly inactivated: number;
}

export interface DailyRunReader {
  /** The last local date that was run. */
  findLast(): Promise<DailyRun | undefined>;
  find(day: Day): Promise<DailyRun | undefined>;
  list(page: number, pageSize: number): Promise<Page<DailyRun>>;
  /** What changed on a date. */
  listChanges(
    day: Day,
    filter: { readonly page: number; readonly pageSize: number },
  ): Promise<Page<StatusChange>>;
  /**
   * Those whose start or end date is not after `day` and whose stored status has not seen it yet; by id after
   * (`id`, `patronId`), at most `limit`. Reads by partial indexes only what is due.
   */
  listDue(
    entity: TermEntity,
    day: Day,
    after: { readonly id: number; readonly patronId: number },
    limit: number,
  ): Promise<DueTerm[]>;
  /** Every change of a date from `from` to before `to`, as terms that start or end then (for the calendar). */
  listTurning(
    entity: TermEntity,
    from: Day,
    to: Day,
    after: { readonly id: number; readonly patronId: number },
    limit: number,
  ): Promise<DueTerm[]>;
}

export interface DailyRunWriter {
  /** `conflict`-free: false where the date was run already, and nothing is written (W3: once a date). */
  begin(day: Day, at: number): Promise<boolean>;
  /** Stores the statuses and records the changes under the date. */
  saveStatuses(day: Day, changes: readonly StatusChange[]): Promise<void>;
  end(run: DailyRun): Promise<void>;
  purgeBefore(day: Day, limit: number): Promise<number>;
}
