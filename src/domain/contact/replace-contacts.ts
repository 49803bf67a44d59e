import type { RowOutcome, RowResult } from '../outcome.ts';
import type { Contact, ContactValues } from './contact.ts';
import { lastOfEach } from './contact-finder.ts';
import { contactEquals, noChanges, planWanted, valuesOf } from './contact-plan.ts';
import type { ContactCreate, ContactPlan, ContactUpdate } from './contact-plan.ts';
import { matchStored } from './match-stored.ts';
import type { DeclaredContact } from './parse-contact-row.ts';
import { choosePrimaries } from './primary.ts';
import { rowNotes, withFailed, withSuperseded } from './row-verdicts.ts';

/** What a contacts file does to the contacts of the patrons it declares, and of the others (I12, I21). */
export const contactImportModes = [
  'replaceDeclaredPatrons',
  'replaceDeclaredPatronsKeepCustomContacts',
  'addOrUpdate',
  'replaceAllPatrons',
] as const;
export type ContactImportMode = (typeof contactImportModes)[number];

export interface ContactDeclaration {
  readonly mode: ContactImportMode;
  /** The patron's contacts in the order they were made. */
  readonly stored: readonly Contact[];
  /** The good rows of the patron in file order. */
  readonly declared: readonly DeclaredContact[];
  /** The patron's failed rows; any one of them keeps everything that is stored (I10). */
  readonly failedRows: readonly RowResult[];
  /** Rows that do not surely say whose they are may be of this patron: they keep everything as well (S5). */
  readonly doubted?: boolean;
  /** False: rows that became a contact and of which nothing is to be said need no verdict. */
  readonly tellsPlain?: boolean;
}

/**
 * The plan for one patron that a contacts file declares. One without a good row is untouched (I10); for
 * those that are not in the file at all see `removeImportedContacts`.
 */
export function replaceContacts(declaration: ContactDeclaration): ContactPlan {
  const { mode, stored, declared, failedRows, doubted = false, tellsPlain = true } = declaration;
  // I10, S5: whatever the failed rows meant, nothing is known that could be applied.
  if (declared.length === 0) return noChanges(failedRows);
  // I10: omission is judged only where every row of the patron could be read. I21: addOrUpdate never does.
  const anyFailed = failedRows.length > 0 || doubted;
  const removesNothing = anyFailed || mode === 'addOrUpdate';
  // I12: only replaceDeclaredPatrons takes custom contacts for its own.
  const keepsCustom = mode !== 'replaceDeclaredPatrons';

  // I19: of rows with one identity the last one counts.
  const last = lastOfEach(declared);
  const rows = last === undefined ? declared : last.map((place) => declared[place]!);
  const nothingRemoved = anyFailed && mode !== 'addOrUpdate';
  if (stored.length === 0) {
    const { creates, verdicts } = createEach(rows, nothingRemoved, tellsPlain || last !== undefined);
    const told = last === undefined ? verdicts : withSuperseded(declared, last, verdicts);
    return { creates, updates: [], removes: [], unchanged: 0, rows: withFailed(told, failedRows) };
  }
  const matches = matchStored(rows, stored, { keepsCustom, removesNothing });
  const taken = new Set(matches.map((match) => match.takes));
  const stays = (contact: Contact) => removesNothing || (keepsCustom && contact.origin === 'custom');
  const staying = stored.filter((contact) => !taken.has(contact) && stays(contact));
  const removes = stored.filter((contact) => !taken.has(contact) && !stays(contact));

  // I11: file order first, then stored order. A row that leaves a custom contact as it is has no say.
  const resulting: (DeclaredContact | Contact)[] = rows.filter((_, index) => !matches[index]!.leaves);
  for (const contact of staying) resulting.push(contact);
  const primaries = choosePrimaries(resulting, isCustom);
  const chosen = resulting[primaries.EMAIL];
  const elected = chosen?.primary === false && hasSeveralEmails(resulting) ? chosen : undefined;

  const draft: Draft = { creates: [], updates: [], unchanged: 0 };
  const left = new Set<Contact>();
  let place = 0;
  const verdicts = rows.map((row, index): RowResult => {
    const { takes, leaves } = matches[index]!;
    const said = { nothingRemoved, elected: row === elected };
    if (leaves !== undefined) {
      left.add(leaves);
      return { row: row.row, outcome: 'unchanged', notes: rowNotes(row, { ...said, customKept: true }) };
    }
    const primary = primaries[row.type] === place++;
    const outcome = addRow(draft, row, valuesOf(row, primary), takes);
    return { row: row.row, outcome, notes: rowNotes(row, { ...said, demoted: row.primary && !primary }) };
  });
  for (const before of staying) {
    const primary = primaries[before.type] === place++;
    if (primary !== before.primary) draft.updates.push({ before, after: { ...before, primary } });
  }

  const told = last === undefined ? verdicts : withSuperseded(declared, last, verdicts);
  return { ...draft, removes, unchanged: draft.unchanged + left.size, rows: withFailed(told, failedRows) };
}

/**
 * The same where nothing is stored, as of nearly everybody in a first load: each row is a new contact. Written
 * apart since half a million rows come this way.
 */
function createEach(
  rows: readonly DeclaredContact[],
  nothingRemoved: boolean,
  tellsPlain: boolean,
): { creates: ContactCreate[]; verdicts: RowResult[] } {
  const primaries = choosePrimaries(rows);
  const chosen = rows[primaries.EMAIL];
  const elected = chosen?.primary === false && hasSeveralEmails(rows) ? chosen : undefined;
  const creates: ContactCreate[] = [];
  const verdicts: RowResult[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    const primary = primaries[row.type] === index;
    const demoted = row.primary && !primary;
    creates.push({ values: valuesOf(row, primary), origin: 'imported', importedAs: null, row: row.row });
    const plain = !nothingRemoved && !demoted && row !== elected;
    const notes = plain ? row.notes : rowNotes(row, { nothingRemoved, elected: row === elected, demoted });
    if (tellsPlain || notes.length > 0) verdicts.push({ row: row.row, outcome: 'created', notes });
  }
  return { creates, verdicts };
}

interface Draft {
  readonly creates: ContactCreate[];
  readonly updates: ContactUpdate[];
  unchanged: number;
}

/** Adds one row to the plan: a new contact, or the stored one it takes over, in place. */
function addRow(draft: Draft, { row }: DeclaredContact, values: ContactValues, takes?: Contact): RowOutcome {
  if (takes === undefined) {
    draft.creates.push({ values, origin: 'imported', importedAs: null, row });
    return 'created';
  }
  const after: Contact = { ...takes, ...values, origin: 'imported', importedAs: null };
  if (contactEquals(takes, after)) {
    draft.unchanged++;
    return 'unchanged';
  }
  draft.updates.push({ before: takes, after, row });
  return 'updated';
}

/** I21: the plan for a patron that a file in mode `replaceAllPatrons` leaves out: imported contacts go. */
export function removeImportedContacts(stored: readonly Contact[]): ContactPlan {
  return planWanted(stored, stored.filter(isCustom));
}

/** I12: a kept custom contact that is primary stays so, whatever the file declares. */
function isCustom(contact: DeclaredContact | Contact): boolean {
  return 'origin' in contact && contact.origin === 'custom';
}

function hasSeveralEmails(contacts: readonly ContactValues[]): boolean {
  return contacts.filter(({ type }) => type === 'EMAIL').length > 1;
}
