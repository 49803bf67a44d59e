import { engineName } from './engines.ts';

/**
 * How many random cases a property is tried with, for fast-check. On PostgreSQL, where every step of a case waits for a
 * disk and each case for databases of its own, a third: what chance varies is decided by the same code on both engines.
 */
export function randomRuns(count: number): { readonly numRuns: number } {
  return { numRuns: engineName === 'sqlite' ? count : Math.ceil(count / 3) };
}
