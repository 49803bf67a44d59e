import type { PatronChange } from './patron-change.ts';
import type { RecordPlanChange } from './record-change.ts';
import type { RosterChange } from './roster-change.ts';

/** What a plan does to one subject: a patron with its contacts, a record, or the members of a section. */
export type PlanChange = PatronChange | RecordPlanChange | RosterChange;
