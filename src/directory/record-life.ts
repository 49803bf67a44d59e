import type { DoneByRun, Values } from '../domain/undo/done-by-run.ts';
import type { StoredRecordChange } from '../ports/record-changes.ts';

/** What stands of a record or member, and which run made it. */
export interface StandingValues {
  readonly values: Values;
  readonly createdRun: number | null;
}

/**
 * What a run did to one record or member, from what stands of it and the journal's entries about it, oldest first;
 * undefined where it did nothing. What an import makes is not journalled: the record itself names its run, and the
 * first change since tells how it was made.
 */
export function doneByRun(
  runId: number,
  standing: StandingValues | undefined,
  entries: readonly StoredRecordChange[],
): DoneByRun | undefined {
  for (const life of livesOf(entries, standing).toReversed()) {
    const own = life.entries.filter((entry) => entry.runId === runId);
    const removal = own.find(({ action }) => action === 'removed');
    if (removal !== undefined) return { action: 'removed', before: removal.before! };
    if (life.createdRun === runId) return { action: 'created', after: leftBy(runId, life) };
    const [first, last] = [own.at(0), own.at(-1)];
    if (first === undefined || last === undefined) continue;
    if (first.before === null) return { action: 'created', after: last.after! };
    const inactivated = own.some(({ action }) => action === 'inactivated');
    return { action: inactivated ? 'inactivated' : 'updated', before: first.before, after: last.after! };
  }
  return undefined;
}

/** From being made to being removed: an undo brings things back under their old ids. */
interface Life {
  readonly createdRun: number | null | undefined;
  readonly entries: readonly StoredRecordChange[];
  /** As it stands, or stood when it was removed. */
  readonly end: Values | undefined;
}

function livesOf(entries: readonly StoredRecordChange[], standing: StandingValues | undefined): Life[] {
  const lives: Life[] = [];
  let begun = 0;
  for (const [index, { action, before }] of entries.entries()) {
    if (action !== 'removed' || before === null) continue;
    const { createdRun, createdAt: _at, ...end } = before as Values & { createdRun?: number | null };
    lives.push({ createdRun, entries: entries.slice(begun, index + 1), end });
    begun = index + 1;
  }
  const { createdRun, values } = standing ?? {};
  lives.push({ createdRun, entries: entries.slice(begun), end: values });
  return lives;
}

/** How a run that made it left it: its own last change, else what the first change since found. */
function leftBy(runId: number, { entries, end }: Life): Values {
  const own = entries.findLast((entry) => entry.runId === runId && entry.after !== null);
  if (own !== undefined) return own.after!;
  const {
    createdRun: _run,
    createdAt: _at,
    ...found
  } = entries.find(({ before }) => before !== null)?.before ?? end!;
  return found;
}
