import type { MemberValues } from '../group/group.ts';

/** A member as a plan changes it. */
export interface MemberUpdate {
  readonly before: MemberValues;
  readonly after: MemberValues;
}

/** What a plan does to the members of one section (W11). */
export interface RosterChange {
  readonly about: 'roster';
  /** Negative where the section itself is yet to be made. */
  readonly sectionId: number;
  /** Its identifier, for people. */
  readonly section: string;
  /** Of the members before, how many are active now: what a loss is measured by. */
  readonly active: number;
  readonly creates: readonly MemberValues[];
  readonly updates: readonly MemberUpdate[];
  /** Only an undo removes members: those that the undone run had made. */
  readonly removes: readonly MemberValues[];
}

/** How many members a plan writes; 0 where it changes nothing. */
export function rosterWeight({ creates, updates, removes }: RosterChange): number {
  return creates.length + updates.length + removes.length;
}
