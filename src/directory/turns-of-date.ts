import { addDays } from '../domain/access/effective-day.ts';
import { targetsIn } from '../domain/access/target-bits.ts';
import type { Day } from '../domain/access/term.ts';
import type { RecordedTurn } from '../ports/access-turns.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { reckonTurns, type Breathe } from './reckon-turns.ts';

export interface TurnsOfDate {
  readonly turns: readonly RecordedTurn[];
  /** How many patrons gain or lose something, wanted or not. */
  readonly total: number;
}

/**
 * What access a date gives and takes, by patron, in the order of their ids; flags count as they stand at `at`. Of the
 * patrons only those that `wants` says, by how many come before them.
 */
export async function turnsOfDate(
  reader: Pick<TenantReader, 'accessFrame'>,
  day: Day,
  at: number,
  wants: (before: number) => boolean,
  breathe?: Breathe,
): Promise<TurnsOfDate> {
  const found: (Pick<RecordedTurn, 'patronId' | 'because'> & {
    /** Places in the list of targets. */
    readonly gained: readonly number[];
    readonly lost: readonly number[];
  })[] = [];
  let total = 0;
  const window = { from: day, to: addDays(day, 1), at };
  const targets = await reckonTurns(
    reader,
    window,
    (_day, patronId, { gained, lost, because }) => {
      if (wants(total)) found.push({ patronId, gained: targetsIn(gained), lost: targetsIn(lost), because });
      total += 1;
    },
    breathe,
  );
  // Patrons who gain or lose the same share its list, so that it is written down once.
  const lists = new Map<string, AccessTarget[]>();
  const listOf = (places: readonly number[]) => {
    const key = places.join();
    const known = lists.get(key) ?? places.map((place) => targets[place]!);
    lists.set(key, known);
    return known;
  };
  const turns = found.map(({ patronId, gained, lost, because }) => ({
    patronId,
    gained: listOf(gained),
    lost: listOf(lost),
    because,
  }));
  return { turns, total };
}
