import type { Term } from '../access/term.ts';
import { hasEnded, type Today } from '../access/today.ts';
import type { RowNote } from '../outcome.ts';
import type { PatronStatus } from '../patron/patron.ts';
import type { DeclaredDescribed } from './described-row.ts';
import type { Described } from './group.ts';
import { endsBeforeStart, mergedDates } from './row-cells.ts';

/** What a row makes of a thing, or why it fails. Warnings go with what was planned. */
export type Planned<Values> =
  | { readonly after: Values; readonly warnings: readonly RowNote[]; readonly faults?: undefined }
  | { readonly after?: undefined; readonly faults: readonly RowNote[] };

/**
 * What a row of a file makes of a group or section, but for where it belongs. `contact`: the patron whose Person-ID
 * the row names, undefined where nobody has it.
 */
export function planDescribed(
  stored: Described | undefined,
  declared: DeclaredDescribed,
  contact: { readonly id: number; readonly status: PatronStatus } | undefined,
  today: Today,
): Planned<Described> {
  const dates = mergedDates(stored, declared);
  const faults = [...contactFaults(declared, contact), ...statusFaults(declared, dates, today)];
  if (faults.length > 0) return { faults };
  const { texts } = declared;
  const after: Described = {
    // W9: the identifier found it; it is not changed.
    uniqueIdentifier: stored?.uniqueIdentifier ?? declared.uniqueIdentifier,
    name: declared.name,
    description: texts.description ?? stored?.description ?? '',
    note: texts.note ?? stored?.note ?? '',
    contactPatronId: contactAfter(stored, declared, contact),
    contactRole: texts.contactRole ?? stored?.contactRole ?? '',
    telephone: texts.telephone ?? stored?.telephone ?? '',
    email: texts.email ?? stored?.email ?? '',
    url: texts.url ?? stored?.url ?? '',
    contactNote: texts.contactNote ?? stored?.contactNote ?? '',
    ...dates,
    inactiveSince: flagAfter(stored, declared, today),
  };
  return { after, warnings: termWarnings(after, declared.status === 'ACTIVE', today) };
}

// W13: a contact person must exist and be active.
function contactFaults(
  { contactPerson }: DeclaredDescribed,
  contact: { readonly status: PatronStatus } | undefined,
): RowNote[] {
  if (contactPerson === undefined || contactPerson === '' || contact?.status === 'ACTIVE') return [];
  const code = contact === undefined ? 'contact-person-unknown' : 'contact-person-inactive';
  return [{ code, column: 'contact-unique-identifier', value: contactPerson }];
}

// W6: blank clears the contact person, a missing column leaves it alone.
function contactAfter(
  stored: Described | undefined,
  { contactPerson }: DeclaredDescribed,
  contact: { readonly id: number } | undefined,
): number | null {
  if (contactPerson === undefined) return stored?.contactPatronId ?? null;
  return contactPerson === '' ? null : contact!.id;
}

// W4: in a file INACTIVE needs an end date that has been reached; without one it is set by hand.
function statusFaults(
  { status }: DeclaredDescribed,
  { endDate }: Pick<Term, 'endDate'>,
  today: Today,
): RowNote[] {
  if (status !== 'INACTIVE' || hasEnded(endDate, today)) return [];
  const note = { code: 'inactive-without-past-end', column: 'status' } as const;
  return [endDate === null ? note : { ...note, value: endDate }];
}

// W4: ACTIVE clears the flag, blank leaves it.
function flagAfter(
  stored: Term | undefined,
  { status }: DeclaredDescribed,
  { at }: Today,
): Term['inactiveSince'] {
  if (status === 'ACTIVE') return null;
  const flag = stored?.inactiveSince ?? null;
  return status === 'INACTIVE' ? (flag ?? at) : flag;
}

/** What is to be said of the dates of a thing that was taken over. `saidActive`: its row says ACTIVE. */
export function termWarnings(term: Term, saidActive: boolean, today: Today): RowNote[] {
  // W5: taken over as it stands; an upcoming group is made inactive that way.
  if (endsBeforeStart(term.startDate, term.endDate)) {
    return [{ code: 'end-not-after-start', column: 'end-date', value: term.endDate! }];
  }
  // W4: the end date decides, whatever the status says.
  if (saidActive && hasEnded(term.endDate, today)) {
    return [{ code: 'active-but-ended', column: 'end-date', value: term.endDate! }];
  }
  return [];
}
