import { statusOn } from '../../src/domain/access/status.ts';
import type { Today } from '../../src/domain/access/today.ts';

/** A moment of that effective day, for rules that judge by it. */
export function todayAt(day: string, at: number): Today {
  return { at, statusOf: (term) => statusOn(term, day, at) };
}
