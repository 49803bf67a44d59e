import type { Day, Term, TermStatus } from '../domain/access/term.ts';
import type { Page } from './patrons.ts';

export const termEntities = ['group', 'section', 'member', 'authorization-set'] as const;
/** What has a term, and so a status. */
export type TermEntity = (typeof termEntities)[number];

/** Something that starts or ends on a date, found by its stored status: what has turned already is not among it. */
export interface TurningTerm extends Term {
  /** Of a member: its section's. */
  readonly id: number;
  readonly patronId: number | null;
  readonly status: TermStatus;
  readonly turn: 'end' | 'start';
  /** The date of the turn. */
  readonly on: Day;
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
  /** How many patrons gained access to something by it, and how many lost some. */
  readonly gaining: number;
  readonly losing: number;
}

export interface DailyRunReader {
  /** The last local date that was run. */
  findLast(): Promise<DailyRun | undefined>;
  find(day: Day): Promise<DailyRun | undefined>;
  /** Newest date first. */
  list(page: number, pageSize: number): Promise<Page<DailyRun>>;
  /** What changed on a date, by entity and id. */
  listChanges(
    day: Day,
    filter: { readonly page: number; readonly pageSize: number },
  ): Promise<Page<StatusChange>>;
  /** What became of memberships of the patron, by date. */
  listChangesByPatron(patronId: number): Promise<(StatusChange & { readonly day: Day })[]>;
  /**
   * What is due: those not yet stored INACTIVE whose end date is not after `day`, then those stored UPCOMING whose
   * start date is not; each once, by date and id. At most `limit` after the one given. Reads only what is due.
   */
  listDue(
    entity: TermEntity,
    day: Day,
    after: TurningTerm | undefined,
    limit: number,
  ): Promise<TurningTerm[]>;
  /** Everything that starts or ends on a date from `from` to before `to`, whatever is stored of it; reads all there is. */
  listDated(entity: TermEntity, from: Day, to: Day): Promise<Omit<TurningTerm, 'turn' | 'on'>[]>;
}

export interface DailyRunWriter {
  /** False where the date was run already, and nothing is written (W3: once a date). */
  begin(day: Day, at: number): Promise<boolean>;
  /**
   * Bulk: stores the statuses and records the changes under the date, which has begun. What changed on that date before
   * is then recorded by its last change. Without a date they are stored and not recorded.
   */
  saveStatuses(day: Day | undefined, changes: readonly StatusChange[]): Promise<void>;
  /** Writes down how many there were. */
  end(run: DailyRun): Promise<void>;
  removeByPatron(patronId: number): Promise<void>;
  /** Deletes changes of earlier dates, at most `limit`; gives how many. The runs themselves stay. */
  purgeBefore(day: Day, limit: number): Promise<number>;
}
