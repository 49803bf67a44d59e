import type { RunCounts } from '../domain/outcome.ts';
import { things } from '../domain/text/things.ts';

/** What the taking back of a run came to. */
export interface UndoTotals {
  readonly patronCounts: RunCounts;
  readonly contactCounts: RunCounts;
  /** Patrons that the run had touched. */
  readonly patrons: number;
  /** Those of them of whom something stays. */
  readonly keptPatrons: number;
}

/** One sentence about what an undo did, and one about what it left, where it left something. */
export function undoSummary(undoneRun: number, totals: UndoTotals): string {
  const { patronCounts, contactCounts, patrons, keptPatrons } = totals;
  const parts = (['created', 'updated', 'removed'] as const).flatMap((outcome) => {
    const records = [
      ...(patronCounts[outcome] > 0 ? [things(patronCounts[outcome], 'patron')] : []),
      ...(contactCounts[outcome] > 0 ? [things(contactCounts[outcome], 'contact')] : []),
    ];
    return records.length > 0 ? [`${records.join(' and ')} ${saidOf[outcome]}`] : [];
  });
  const done = parts.length > 0 ? parts.join(', ') : 'nothing was left of it to take back';
  const left = `${keptPatrons} of ${patrons} patrons ${keptPatrons === 1 ? 'keeps' : 'keep'} something of it, because of later changes.`;
  return `Run ${undoneRun} taken back: ${done}.${keptPatrons > 0 ? ` ${left}` : ''}`;
}

const saidOf = { created: 'brought back', updated: 'set back', removed: 'removed' } as const;
