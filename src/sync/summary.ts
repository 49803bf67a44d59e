import { things } from '../domain/text/things.ts';
import type { Run } from '../ports/runs.ts';
import type { RunTotals } from './import-kind.ts';

/**
 * What a run does or, where it is only a plan, would do, in one sentence. Whether it was done is told by the
 * state (`runSummary`). Dialects have their own words.
 */
export function summaryOf({ kind }: Pick<Run, 'kind'>, { counts, subjects }: RunTotals): string {
  const parts = [
    `${counts.created} created`,
    `${counts.updated} updated`,
    `${counts.unchanged} unchanged`,
    ...(counts.removed > 0 ? [`${counts.removed} removed`] : []),
    ...(counts.inactivated > 0 ? [`${counts.inactivated} made inactive`] : []),
    ...(counts.ignored > 0 ? [`${things(counts.ignored, 'row')} ignored`] : []),
    ...(counts.failed > 0 ? [`${things(counts.failed, 'row')} failed`] : []),
  ];
  const patrons = things(subjects, 'patron');
  return `${kind === 'contacts' ? `Contacts of ${patrons}` : patrons}: ${parts.join(', ')}.`;
}
