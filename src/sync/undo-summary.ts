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

/** What the taking back of a run of records and members came to. */
export interface RecordsUndoTotals {
  readonly records: UndoneCounts;
  readonly members: UndoneCounts;
  /** Things that stay as they are. */
  readonly kept: number;
}

type UndoneCounts = Readonly<Record<'created' | 'updated' | 'removed', number>>;

/** The same for records and members. */
export function recordsUndoSummary(undoneRun: number, { records, members, kept }: RecordsUndoTotals): string {
  const parts = (['created', 'updated', 'removed'] as const).flatMap((outcome) => {
    const what = [
      ...(records[outcome] > 0 ? [things(records[outcome], 'record')] : []),
      ...(members[outcome] > 0 ? [things(members[outcome], 'member')] : []),
    ];
    return what.length > 0 ? [`${what.join(' and ')} ${saidOf[outcome]}`] : [];
  });
  const done = parts.length > 0 ? parts.join(', ') : 'nothing was left of it to take back';
  const left = `${things(kept, 'thing')} ${kept === 1 ? 'stays' : 'stay'} because of later changes.`;
  return `Run ${undoneRun} taken back: ${done}.${kept > 0 ? ` ${left}` : ''}`;
}

const saidOf = { created: 'brought back', updated: 'set back', removed: 'removed' } as const;
