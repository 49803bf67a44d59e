import type { FsiInput } from './action.ts';

/** Longer than any action's name, so that nothing large is lower-cased. */
const nameLengthMax = 100;

/**
 * F3: the name of the action that is asked for, lower-cased and without underscores: `get_code` is `getcode`.
 * Blank where the request names none.
 */
export function actionName({ action }: FsiInput): string {
  if (typeof action !== 'string' || action.length > nameLengthMax) return '';
  return action.trim().toLowerCase().replaceAll('_', '');
}
