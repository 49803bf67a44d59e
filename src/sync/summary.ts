import type { Run } from '../ports/runs.ts';
import type { RunTotals } from './import-kind.ts';

/** One sentence about a finished run, for lists and reports. Dialects have their own words. */
export function summaryOf(run: Run, totals: RunTotals, state: 'applied' | 'held'): string {
  const { counts } = totals;
  const parts = [
    `${counts.created} created`,
    `${counts.updated} updated`,
    `${counts.unchanged} unchanged`,
    ...(counts.removed > 0 ? [`${counts.removed} removed`] : []),
    ...(counts.inactivated > 0 ? [`${counts.inactivated} made inactive`] : []),
    ...(counts.ignored > 0 ? [`${counts.ignored} rows ignored`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} rows failed`] : []),
  ];
  const what =
    run.kind === 'contacts' ? `Contacts of ${totals.subjects} patrons` : `${totals.subjects} patrons`;
  const lead =
    state === 'held'
      ? 'Held for approval; nothing changed. Planned: '
      : run.dryRun
        ? 'Planned, nothing changed: '
        : '';
  return `${lead}${what}: ${parts.join(', ')}.`;
}
