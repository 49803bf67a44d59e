import type { RowNote, RowResult } from '../outcome.ts';
import { romanise } from '../text/fold.ts';
import type { BccChoice, ContactType, ContactValues } from './contact.ts';
import type { ContactColumn } from './contact-columns.ts';
import { parseBcc, parseBoolean, parseRole, parseType } from './contact-words.ts';
import type { Reading } from './contact-words.ts';
import { isHopelessEmail, isPlainEmail } from './email-address.ts';
import { remembered } from './remembered.ts';
import { ANY, parseScenarios } from './scenarios.ts';
import type { ScenarioSet } from './scenarios.ts';

/** A row of a contacts file that can be applied. */
export interface DeclaredContact extends ContactValues {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  /** What was read differently from how it stood; shared between rows, never to be changed. */
  readonly notes: readonly RowNote[];
}

/** A declared contact, or the verdict on a row that is ignored (I8) or failed: then it has an `outcome`. */
export type ParsedContactRow = DeclaredContact | RowResult;

/** Whether the row declares a contact, and with it its patron. */
export function isDeclared(row: ParsedContactRow): row is DeclaredContact {
  return !('outcome' in row);
}

const noNotes: readonly RowNote[] = [];
const noBcc: Reading<BccChoice> = { ok: 'SCHOOL_DEFAULT' };
const noSms: Reading<boolean> = { ok: false };
const anyScenario: Reading<ScenarioSet> = { ok: ANY };

/**
 * Gives the function that reads the rows of one contacts file. `columns` tells at which place each column
 * stands, missing ones left out (I13); `header` is the header line, so that notes name a column as the file
 * does. Cells beyond the end of a row are blank. All faults of a row are noted. Whose contact it is (the
 * username) is not looked at here.
 */
export function contactRowParser(
  columns: ReadonlyMap<string, number>,
  header: readonly string[] = [],
): (cells: readonly string[], row: number) => ParsedContactRow {
  // No row has a cell at place -1, so a missing column reads as blank.
  const at = (column: ContactColumn) => columns.get(column) ?? -1;
  const headerOf = (column: ContactColumn) => header[at(column)]?.trim() ?? column;
  const reader = <T>(column: ContactColumn, parse: (cell: string) => Reading<T>) =>
    remembered((cell: string) => spelled(parse(cell), headerOf(column)));

  const [contactAt, addresseeAt] = [at('contact'), at('addressee')];
  const [typeAt, roleAt, primaryAt] = [at('type'), at('role'), at('primary')];
  const [bccAt, smsAt, scenariosAt] = [at('bcc'), at('sms'), at('scenarios')];
  const readType = reader('type', parseType);
  const readRole = reader('role', parseRole);
  const readPrimary = reader('primary', parseBoolean);
  const readBcc = reader('bcc', parseBcc);
  const readSms = reader('sms', parseBoolean);
  const readScenarios = reader('scenarios', parseScenarios);
  const contactBlank: readonly RowNote[] = [{ code: 'contact-blank', column: headerOf('contact') }];

  return (cells, row) => {
    const given = (cells[contactAt] ?? '').trim();
    const plain = isPlainEmail(given);
    // I17: what is stored is the romanised text.
    const contact = plain ? given : romanise(given).trim();
    // I8: decided before anything else, so that no other fault of the row counts.
    if (contact === '') return { row, outcome: 'ignored', notes: contactBlank };

    const type = readType(cells[typeAt] ?? '');
    const role = readRole(cells[roleAt] ?? '');
    const primary = readPrimary(cells[primaryAt] ?? '');
    // I15: bcc counts on e-mail only and sms on phones only; elsewhere they are not even looked at.
    const bcc = type.ok === 'EMAIL' ? readBcc(cells[bccAt] ?? '') : noBcc;
    const sms = type.ok === 'PHONE' ? readSms(cells[smsAt] ?? '') : noSms;
    // I13: without the column ANY, in a blank cell NONE.
    const scenarios = scenariosAt === -1 ? anyScenario : readScenarios(cells[scenariosAt] ?? '');
    const sendable = plain || canBe(type.ok, contact, given);

    if (
      sendable &&
      type.ok !== undefined &&
      role.ok !== undefined &&
      primary.ok !== undefined &&
      bcc.ok !== undefined &&
      sms.ok !== undefined &&
      scenarios.ok !== undefined
    ) {
      return {
        type: type.ok,
        role: role.ok,
        primary: primary.ok,
        addressee: (cells[addresseeAt] ?? '').trim(),
        contact,
        bcc: bcc.ok,
        sms: sms.ok,
        scenarios: scenarios.ok,
        row,
        notes: type.notes ?? noNotes,
      };
    }
    const notes = [type, role, primary, bcc, sms, scenarios].flatMap((reading) => reading.failed ?? []);
    if (!sendable) notes.push({ code: 'email-invalid', column: headerOf('contact'), value: given });
    return { row, outcome: 'failed', notes };
  };
}

/** I16: only an e-mail can be hopeless, as it was given or as it became in Latin script. */
function canBe(type: ContactType | undefined, contact: string, given: string): boolean {
  return type !== 'EMAIL' || !(isHopelessEmail(contact) || (given !== contact && isHopelessEmail(given)));
}

/** The reading with its notes naming the column as the header spells it. */
function spelled<T>(reading: Reading<T>, column: string): Reading<T> {
  if (reading.failed !== undefined) return { failed: { ...reading.failed, column } };
  const { ok, notes } = reading;
  return notes === undefined ? reading : { ok, notes: notes.map((note) => ({ ...note, column })) };
}
