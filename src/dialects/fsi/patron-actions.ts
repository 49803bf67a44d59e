import type { FsiPatronAction } from './action.ts';
import { getPatron } from './get-patron.ts';
import { searchPatron } from './search-patron.ts';
import { setPatron } from './set-patron.ts';

/** The actions that need a good token, by their names (F3). */
export const patronActions: ReadonlyMap<string, FsiPatronAction> = new Map([
  ['searchpatron', searchPatron],
  ['getpatron', getPatron],
  ['setpatron', setPatron],
]);
