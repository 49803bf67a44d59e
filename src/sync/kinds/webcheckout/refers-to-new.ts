import type { RowNote } from '../../../domain/outcome.ts';
import { recordNouns, type RecordEntity } from '../../../domain/records.ts';
import { things } from '../../../domain/text/things.ts';

/** Tells that a file names things which earlier files of its delivery make. */
export function refersToNew(count: number, entity: RecordEntity): RowNote[] {
  return count === 0 ? [] : [{ code: 'refers-to-new', value: things(count, ...recordNouns[entity]) }];
}
