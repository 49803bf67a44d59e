import { isHopelessEmail } from '../contact/email-address.ts';
import type { RowNote, RowResult } from '../outcome.ts';
import { trimmed } from '../text/fold.ts';
import { nearestWord } from '../text/nearest-word.ts';
import type { PatronColumn } from './patron-columns.ts';
import { patronRoles, patronStatuses } from './patron.ts';
import type { KeyField, PatronRole, PatronStatus, PatronValues } from './patron.ts';

/** What somebody says of a patron. Undefined leaves a field alone; '' clears it. */
export type DeclaredPatron = { readonly [F in keyof PatronValues]?: PatronValues[F] | undefined } & {
  readonly email?: string | undefined;
};

export type PatronRow = { readonly declared: DeclaredPatron } | { readonly failed: RowResult };

/**
 * Makes the parser for the rows of one patrons file, from the columns `resolvePatronHeader` found and the
 * header as it stands (for naming columns in reports). The parser takes a row's cells and its row number
 * (S7). A cell that the row is too short for is blank, as a spreadsheet shows it.
 */
export function patronRowParser(
  columns: ReadonlyMap<PatronColumn, number>,
  keyField: KeyField,
  header: readonly string[],
): (cells: readonly string[], row: number) => PatronRow {
  // A column the file does not have stands at -1, where every row is undefined.
  const at = (column: PatronColumn) => columns.get(column) ?? -1;
  const named = (column: PatronColumn) => header[at(column)]?.trim() ?? column;
  const [username, barcode, externalid] = [at('username'), at('barcode'), at('externalid')];
  const [firstname, surname, email] = [at('firstname'), at('surname'), at('email')];
  const [classgrade, room, role, status] = [at('classgrade'), at('room'), at('role'), at('status')];
  const key = at(keyField);

  return (cells, row) => {
    const declared: DeclaredPatron = {
      username: textIn(cells, username),
      barcode: textIn(cells, barcode),
      externalid: textIn(cells, externalid),
      firstname: textIn(cells, firstname),
      surname: textIn(cells, surname),
      // M1: a blank cell clears classgrade and room, and nothing else.
      classgrade: classgrade < 0 ? undefined : (textIn(cells, classgrade) ?? ''),
      room: room < 0 ? undefined : (textIn(cells, room) ?? ''),
      role: wordIn(cells, role, patronRoles),
      status: wordIn(cells, status, patronStatuses),
      email: textIn(cells, email),
    };
    const keyBlank = textIn(cells, key) === undefined;
    const roleWrong = declared.role === undefined && textIn(cells, role) !== undefined;
    const statusWrong = declared.status === undefined && textIn(cells, status) !== undefined;
    // I16, and so for every e-mail: only the hopeless fails.
    const emailWrong = declared.email !== undefined && isHopelessEmail(declared.email);
    if (!keyBlank && !roleWrong && !statusWrong && !emailWrong) return { declared };

    const notes: RowNote[] = [];
    if (keyBlank) notes.push({ code: 'key-blank', column: named(keyField) });
    if (roleWrong) notes.push(wordNote('role-invalid', named('role'), cells[role], patronRoles));
    if (statusWrong) notes.push(wordNote('status-invalid', named('status'), cells[status], patronStatuses));
    if (emailWrong) notes.push({ code: 'email-invalid', column: named('email'), value: declared.email });
    return { failed: { row, outcome: 'failed', notes } };
  };
}

/** S8: the trimmed cell; undefined where it is blank or not there (M1: both leave the field alone). */
function textIn(cells: readonly string[], index: number): string | undefined {
  const cell = cells[index];
  return cell === undefined ? undefined : trimmed(cell) || undefined;
}

/** The word a cell holds, whatever its case; undefined where it is blank or none of `words`. */
function wordIn<Word extends PatronRole | PatronStatus>(
  cells: readonly string[],
  index: number,
  words: readonly Word[],
): Word | undefined {
  const text = textIn(cells, index);
  if (text === undefined) return undefined;
  const word = text.toUpperCase();
  for (const known of words) if (known === word) return known;
  return undefined;
}

function wordNote(
  code: 'role-invalid' | 'status-invalid',
  column: string,
  cell: string | undefined,
  words: readonly string[],
): RowNote {
  const value = cell?.trim() ?? '';
  const suggestion = nearestWord(value.toUpperCase(), words);
  return { code, column, value, ...(suggestion === undefined ? {} : { suggestion }) };
}
