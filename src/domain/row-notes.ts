/** What a sentence about a row or a file may name. */
export interface NoteFacts {
  /** The header's own spelling. */
  readonly column?: string;
  /** What was read. */
  readonly value?: string;
  /** The nearest valid word, or another short fact that the sentence needs. */
  readonly suggestion?: string;
  /** The file it is about, where a note about a file stands among those of several. */
  readonly file?: string;
}

/**
 * The catalogue of everything a report says about a row or a file: one line a code, the sentence built
 * from the note's own parts. An `error` fails its row; a `warning` goes with a row that was applied; a
 * `file` note is about the file as a whole. Sentences say what was found and how to mend it.
 */
interface NoteKind {
  readonly level: 'error' | 'warning' | 'file';
  readonly say: (facts: NoteFacts) => string;
}

const quoted = (text: string | undefined) => `“${text ?? ''}”`;
const didYouMean = ({ suggestion }: NoteFacts) =>
  suggestion === undefined ? '' : ` Did you mean ${quoted(suggestion)}?`;

/** Of several entries in one cell, each in quotes. */
const listed = (text = '') => text.split('|').map(quoted).join(', ');
const nearestOf = ({ suggestion }: NoteFacts) =>
  suggestion === undefined ? '' : ` Did you mean ${listed(suggestion)}?`;

export const noteKinds = {
  // Contacts files (I7 – I19)
  'username-blank': {
    level: 'error',
    say: () => 'The username is blank, so it is unknown whose contact this is.',
  },
  'username-unknown': {
    level: 'error',
    say: (n) =>
      `No patron has the username ${quoted(n.value)}. Import the patron first; a contacts file creates nobody.`,
  },
  'type-invalid': {
    level: 'error',
    say: (n) => `${quoted(n.value)} is not a contact type (EMAIL, PHONE, SOCIAL_MEDIA).${didYouMean(n)}`,
  },
  'role-invalid': {
    level: 'error',
    say: (n) => `${quoted(n.value)} is not a role known here.${didYouMean(n)}`,
  },
  'boolean-invalid': {
    level: 'error',
    say: (n) => `${quoted(n.value)} in column ${n.column} is neither TRUE nor FALSE.${didYouMean(n)}`,
  },
  'bcc-invalid': {
    level: 'error',
    say: (n) => `${quoted(n.value)} is not one of TRUE, FALSE, SCHOOL_DEFAULT.${didYouMean(n)}`,
  },
  'scenario-unknown': {
    level: 'error',
    say: (n) => `${quoted(n.value)} is not a communication scenario.${didYouMean(n)}`,
  },
  'scenario-none-with-others': {
    level: 'error',
    say: (n) => `NONE stands beside other scenarios in ${quoted(n.value)}; keep NONE or the others.`,
  },
  'email-invalid': {
    level: 'error',
    say: (n) =>
      `${quoted(n.value)} cannot be an e-mail address: it needs text on both sides of an @ and no white space.`,
  },
  'contact-blank': { level: 'warning', say: () => 'The contact is blank; the row was ignored.' },
  'type-read-as-phone': { level: 'warning', say: (n) => `${quoted(n.value)} was read as PHONE.` },
  'contact-duplicate': {
    level: 'warning',
    say: (n) => `The same contact stands in row ${n.suggestion} too; the later row counts.`,
  },
  'primary-demoted': {
    level: 'warning',
    say: () => 'Another contact of this type is the primary one; this one was stored as not primary.',
  },
  'primary-elected': {
    level: 'warning',
    say: () => 'No e-mail of this patron was declared primary; this one was chosen.',
  },
  'custom-kept': {
    level: 'warning',
    say: () => 'A contact made or changed by hand already says this; it was left as it is.',
  },
  'nothing-removed': {
    level: 'warning',
    say: () =>
      'Another row that is or may be of this patron failed, so nothing of this patron was removed in this run.',
  },
  'none-omitted': {
    level: 'file',
    say: () =>
      'Some rows do not say whose contacts they are, so patrons missing from the file kept what was imported.',
  },

  // Patrons files (M1 – M3) and patrons written one by one (S2, S4)
  'key-blank': { level: 'error', say: (n) => `The key column ${n.column} is blank.` },
  'key-repeated': {
    level: 'error',
    say: (n) => `${quoted(n.value)} stands in row ${n.suggestion} too; which of them is right is unknown.`,
  },
  'key-clash': {
    level: 'error',
    say: (n) => `The ${n.column} ${quoted(n.value)} belongs to another patron already (${n.suggestion}).`,
  },
  'status-invalid': {
    level: 'error',
    say: (n) => `${quoted(n.value)} is not a status (ACTIVE, INACTIVE).${didYouMean(n)}`,
  },
  'email-custom-kept': {
    level: 'warning',
    say: (n) =>
      `The e-mail was set by hand to another address and was kept; ${quoted(n.value)} was not stored.`,
  },
  'email-custom-not-cleared': {
    level: 'warning',
    say: (n) => `The e-mail ${quoted(n.value)} was set by hand and was kept.`,
  },
  'none-inactivated': {
    level: 'file',
    say: () => 'Some rows could not be read, so no patron missing from the file was made inactive.',
  },
  'file-without-rows': {
    level: 'file',
    say: () => 'The file has no rows, so no patron was made inactive. An export that broke looks the same.',
  },

  // Groups, sections, members and authorization sets (W4 – W18)
  'cell-blank': {
    level: 'error',
    say: (n) => `The column ${n.column} is blank; every row needs a value there.`,
  },
  'date-invalid': {
    level: 'error',
    say: (n) =>
      `${quoted(n.value)} in column ${n.column} is not a date. Write month/day/year with four digits for the year, as in 3/9/2026.`,
  },
  'end-not-after-start': {
    level: 'warning',
    say: (n) => `The end date ${n.value} is not after the start date, so this is never active.`,
  },
  'inactive-without-past-end': {
    level: 'error',
    say: (n) =>
      n.value === undefined
        ? 'INACTIVE needs an end date in the past, and there is none. Set the end date.'
        : `INACTIVE needs an end date in the past, and ${n.value} is not. Set the end date.`,
  },
  'active-but-ended': {
    level: 'warning',
    say: (n) => `The status ACTIVE was taken over, but the end date ${n.value} has passed: it is inactive.`,
  },
  'identifier-repeated': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} stands in row ${n.suggestion} too; the later row counts.`,
  },
  'set-repeated': {
    level: 'warning',
    say: (n) =>
      `${quoted(n.value)} stands in row ${n.suggestion} too; the later row counts, and the entries of both were added.`,
  },
  'organization-unknown': {
    level: 'error',
    say: (n) =>
      `No organization is called exactly ${quoted(n.value)}.${didYouMean(n)} Register it first; a file creates none.`,
  },
  'group-unknown': {
    level: 'error',
    say: (n) =>
      `There is no group ${quoted(n.value)}. Groups come before their sections and authorization sets.`,
  },
  'section-unknown': {
    level: 'error',
    say: (n) => `There is no section ${quoted(n.value)}. Sections come before their members.`,
  },
  'parent-failed': {
    level: 'error',
    say: (n) =>
      `${quoted(n.value)} in column ${n.column} does not exist, since its own row in this delivery failed (${n.suggestion}). Mend that row first.`,
  },
  'contact-person-unknown': {
    level: 'error',
    say: (n) => `No patron has the Person-ID ${quoted(n.value)}, so it cannot be the contact person.`,
  },
  'contact-person-inactive': {
    level: 'error',
    say: (n) =>
      `The patron with the Person-ID ${quoted(n.value)} is inactive; a contact person must be active.`,
  },
  'not-permitted': {
    level: 'error',
    say: (n) =>
      `${quoted(n.suggestion)} may not manage group authorizations at ${quoted(n.value)}. An administrator can allow it.`,
  },
  'member-unknown': {
    level: 'error',
    say: (n) => `No patron has the Person-ID ${quoted(n.value)}. Import the patron first.`,
  },
  'member-repeated': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} stands in this section in row ${n.suggestion} too; the later row counts.`,
  },
  'nobody-inactivated': {
    level: 'warning',
    say: () =>
      'It is unknown who was meant, so nobody was made inactive in this section in this run. Mend the row and send the section again.',
  },
  'section-untouched': {
    level: 'warning',
    say: () => 'No row of this section was good, so all its members stay as they are.',
  },
  'no-member-omitted': {
    level: 'file',
    say: () =>
      'Some rows do not say which section they are about, or rows are missing. Members whom they may mean were not made inactive for being left out.',
  },
  'refers-to-new': {
    level: 'file',
    say: (n) => `It refers to ${n.value} that this delivery creates.`,
  },
  'resource-types-unknown': {
    level: 'error',
    say: (n) => `Not registered as resource types: ${listed(n.value)}.${nearestOf(n)}`,
  },
  'checkout-centers-unknown': {
    level: 'error',
    say: (n) => `Not registered as checkout centers (column ${n.column}): ${listed(n.value)}.${nearestOf(n)}`,
  },
  'sets-unknown': {
    level: 'error',
    say: (n) => `There are no such authorization sets: ${listed(n.value)}.${nearestOf(n)}`,
  },
  'nesting-cycle': {
    level: 'error',
    say: (n) => `Nesting ${quoted(n.value)} would close a circle: ${n.suggestion}.`,
  },
  'set-not-delegated': {
    level: 'error',
    say: (n) =>
      `The authorization set ${quoted(n.value)} belongs to another organization and is not delegated to ${quoted(n.suggestion)}.`,
  },
  'set-used-elsewhere': {
    level: 'error',
    say: (n) =>
      `It cannot move to another organization while ${quoted(n.value)} uses it: delegate it to the organization of that one first.`,
  },
  'second-primary-set': {
    level: 'error',
    say: (n) =>
      `The group ${quoted(n.value)} has a primary authorization set already: ${quoted(n.suggestion)}. Add the entries to that one.`,
  },

  // What an undo leaves as it is
  'kept-changed-since': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} was changed since${n.column ? ` (${n.column})` : ''} and stays as it is.`,
  },
  'kept-touched-since': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} was worked on since, so the patron stays.`,
  },
  'kept-removed-since': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} was removed since and stays removed.`,
  },
  'kept-twin-since': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} did not come back, since the same contact stands there now.`,
  },
  'kept-key-taken': {
    level: 'warning',
    say: (n) =>
      `${quoted(n.value)} stays as it is, since the ${n.column} it had belongs to another patron now.`,
  },
  'kept-identifier-taken': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} does not get its identifier back, since another has it now.`,
  },
  'kept-referred-since': {
    level: 'warning',
    say: (n) => `${quoted(n.value)} is used by something else since, so it stays.`,
  },

  // Any row (S6, S8)
  'row-too-long': {
    level: 'error',
    say: (n) =>
      `The row has more cells than the header (the first one too many is ${quoted(n.value)}). A comma inside a cell needs quotes around the cell.`,
  },
  'row-cut-off': {
    level: 'error',
    say: () =>
      'The file ends inside this row: it has fewer cells than the header and no line break. So rows may be missing, and nothing was removed; send the whole file again.',
  },

  // A delivery of several files (W19)
  'files-passed-over': {
    level: 'file',
    say: (n) => `Left behind by an operating system and passed over: ${n.value}.`,
  },

  // The file as a whole (S6, I20, M2)
  'read-as-windows-1252': {
    level: 'file',
    say: () =>
      'The file is not valid UTF-8 and was read as Windows-1252. Save it as UTF-8 to be sure of accents.',
  },
  'read-as-utf-16': { level: 'file', say: () => 'The file is UTF-16 and was read as such.' },
  'delimiter-recognised': {
    level: 'file',
    say: (n) => `The cells are separated by ${n.value === '\t' ? 'tabs' : quoted(n.value)} and were read so.`,
  },
  'column-ignored': {
    level: 'file',
    say: (n) =>
      n.suggestion === undefined
        ? `The column ${quoted(n.column)} is not known here and was ignored.`
        : `The column ${quoted(n.column)} was ignored, since ${quoted(n.suggestion)} was read in its place.`,
  },
} satisfies Record<string, NoteKind>;

export type NoteCode = keyof typeof noteKinds;

/** The sentence for one note. */
export function noteMessage(note: NoteFacts & { readonly code: NoteCode }): string {
  return noteKinds[note.code].say(note);
}

/** Whether a note fails its row (`error`), goes with an applied row (`warning`) or is about the file. */
export function noteLevel(code: NoteCode): NoteKind['level'] {
  return noteKinds[code].level;
}
