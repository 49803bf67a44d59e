import { noCounts } from '../domain/outcome.ts';
import type { Run, RunEnd } from '../ports/runs.ts';

/** The end of a run that failed as a whole, with the reason: nothing of it was applied. */
export function failedEnd(failure: NonNullable<Run['failure']>, finishedAt: number): RunEnd {
  return {
    state: 'failed',
    counts: noCounts(),
    subjects: 0,
    rowCount: 0,
    notes: [],
    summary: failure.detail,
    finishedAt,
    failure,
  };
}
