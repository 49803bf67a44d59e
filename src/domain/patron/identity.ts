import { foldKey } from '../text/fold.ts';

import type { KeyField, PatronValues } from './patron.ts';

export type PatronKeys = Readonly<Record<KeyField, string>>;
export type FoldedKeys = Readonly<Record<KeyField, string | null>>;

/** S4: the keys as they are compared: folded; null where blank, since blank keys identify nobody. */
export function patronKeys(values: PatronKeys): FoldedKeys {
  return {
    username: foldKey(values.username) || null,
    barcode: foldKey(values.barcode) || null,
    externalid: foldKey(values.externalid) || null,
  };
}

/** First name and surname, inner blanks collapsed (F12, I18); '' where neither is known. */
export function fullName(patron: Pick<PatronValues, 'firstname' | 'surname'>): string {
  return `${patron.firstname} ${patron.surname}`.trim().replace(/\s+/gu, ' ');
}

/** What to call a patron in a list or a report: the full name, else the first key that is known. */
export function displayName(patron: PatronKeys & Pick<PatronValues, 'firstname' | 'surname'>): string {
  return fullName(patron) || patron.username || patron.barcode || patron.externalid;
}
