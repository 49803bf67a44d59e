import type { FsiPatronAction } from './action.ts';

/** The actions that need a good token, by their names (F3). */
export const patronActions: ReadonlyMap<string, FsiPatronAction> = new Map();
