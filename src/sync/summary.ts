import type { RunCounts } from '../domain/outcome.ts';
import { things } from '../domain/text/things.ts';
import type { FileToPlan } from './file-to-plan.ts';
import type { RunTotals } from './run-totals.ts';

/**
 * What a run does or, where it is only a plan, would do, a sentence a file. Whether it was done is told by the
 * state (`runSummary`). Dialects have their own words.
 */
export function summaryOf(totals: RunTotals, files: readonly FileToPlan[]): string {
  const sentences = totals.files.map(({ counts, subjects }, index) => {
    const { name, kind } = files[index]!;
    const [one, many] = kind.noun;
    const about = `${kind.of === undefined ? '' : `${kind.of} of `}${things(subjects, one, many)}`;
    return `${name === undefined ? '' : `${name}, `}${about}: ${countsOf(counts)}.`;
  });
  return sentences.join(' ');
}

function countsOf(counts: RunCounts): string {
  return [
    `${counts.created} created`,
    `${counts.updated} updated`,
    `${counts.unchanged} unchanged`,
    ...(counts.removed > 0 ? [`${counts.removed} removed`] : []),
    ...(counts.inactivated > 0 ? [`${counts.inactivated} made inactive`] : []),
    ...(counts.ignored > 0 ? [`${things(counts.ignored, 'row')} ignored`] : []),
    ...(counts.failed > 0 ? [`${things(counts.failed, 'row')} failed`] : []),
  ].join(', ');
}
