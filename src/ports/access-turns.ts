import type { FrameSet } from '../domain/access/set-graph.ts';
import type { LinkTurn } from '../domain/access/spans.ts';
import type { Day, Term } from '../domain/access/term.ts';
import type { AccessTarget } from './access.ts';
import type { Page } from './patrons.ts';

/** A section with its group, as far as access goes. */
export interface FrameSection {
  readonly id: number;
  readonly term: Term;
  readonly groupId: number;
  readonly groupTerm: Term;
  readonly setId: number;
}

export interface FrameMember extends Term {
  readonly sectionId: number;
  readonly patronId: number;
}

/** The memberships of a patron that may count. */
export interface FrameMemberships {
  readonly patronId: number;
  /** The sections of those without dates of their own. */
  readonly undated: readonly number[];
  readonly dated: readonly (Pick<Term, 'startDate' | 'endDate'> & { readonly sectionId: number })[];
}

/** Sets with what they grant: `targets` of a set are places in the list of targets. */
export interface FrameSets {
  readonly sets: readonly FrameSet[];
  /** What is restricted and has an entry; each once. */
  readonly targets: readonly AccessTarget[];
}

/** Reads what access is worked out from for many patrons at once: ids and terms, nothing else. */
export interface AccessFrameReader {
  /** Every section whose group has a primary set; those left out that ended, or whose group did, before `from`. */
  listSections(from: Day): Promise<FrameSection[]>;
  listSets(): Promise<FrameSets>;
  /** Members of the sections, those left out that ended before `from`. */
  listMembersOfSections(sectionIds: readonly number[], from: Day): Promise<FrameMember[]>;
  /** Memberships of the patrons, those left out that ended before `from`. */
  listMembersOfPatrons(patronIds: readonly number[], from: Day): Promise<FrameMember[]>;
  /** Patrons who are members of the sections, whatever their memberships say; once for each section. */
  listPatronsOfSections(sectionIds: readonly number[]): Promise<number[]>;
  /**
   * Patrons of whom a membership is still to start or to end on a date from `from` to before `to`, as far as is stored;
   * each once, at most `limit`.
   */
  listPatronsTurning(from: Day, to: Day, limit: number): Promise<number[]>;
  /** Memberships of the patrons by patron id, those left out that ended before `from` or whose flag is set at `at`. */
  listMemberships(patronIds: readonly number[], from: Day, at: number): Promise<FrameMemberships[]>;
  /** The same of the next patrons after an id who have any, at most `limit`. */
  listMembershipsAfter(afterId: number, limit: number, from: Day, at: number): Promise<FrameMemberships[]>;
  /** Those of the patrons that are inactive, and so have access to nothing. */
  listInactive(patronIds: readonly number[]): Promise<number[]>;
}

/** What a patron's access gained and lost on a date that was run (W3). */
export interface RecordedTurn {
  readonly patronId: number;
  readonly gained: readonly AccessTarget[];
  readonly lost: readonly AccessTarget[];
  /** What started or ended; of a membership its section's id. */
  readonly because: readonly LinkTurn[];
}

export interface AccessTurnReader {
  /** By patron id. */
  list(day: Day, filter: { readonly page: number; readonly pageSize: number }): Promise<Page<RecordedTurn>>;
  /** By date. */
  listByPatron(patronId: number): Promise<(RecordedTurn & { readonly day: Day })[]>;
}

export interface AccessTurnWriter {
  /** Bulk, under a date that has begun; fastest in order of patrons. Turns of equal gains and losses share what is stored of them. */
  save(day: Day, turns: readonly RecordedTurn[]): Promise<void>;
  removeByPatron(patronId: number): Promise<void>;
  /** Deletes turns of earlier dates, at most `limit`; gives how many. */
  purgeBefore(day: Day, limit: number): Promise<number>;
}
