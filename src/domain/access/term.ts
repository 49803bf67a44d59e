/** A calendar date, `yyyy-mm-dd`; two of them compare as texts do. */
export type Day = string;

export const termStatuses = ['ACTIVE', 'UPCOMING', 'INACTIVE'] as const;
export type TermStatus = (typeof termStatuses)[number];

/** What decides the status of a group, section, member or authorization set (W2). */
export interface Term {
  /** W1: active from 01:00 local of this date; null: since ever. */
  readonly startDate: Day | null;
  /** W1: until 01:00 local of this date; null: for ever. */
  readonly endDate: Day | null;
  /** Since when (epoch milliseconds) the flag INACTIVE is set, or the member was left out (W11); null: it is not. */
  readonly inactiveSince: number | null;
}
