import type { RowResult } from '../outcome.ts';
import type { Contact, ContactOrigin, ContactValues } from './contact.ts';
import { choosePrimaries } from './primary.ts';

export interface ContactCreate {
  readonly values: ContactValues;
  readonly origin: ContactOrigin;
  readonly importedAs: string | null;
  /** The row that declares it, where a file does. */
  readonly row?: number;
  /** The id it had, where an undo brings back a removed contact; otherwise a new one is given. */
  readonly id?: number;
}

export interface ContactUpdate {
  readonly before: Contact;
  readonly after: Contact;
  readonly row?: number;
}

/** What is to change among one patron's contacts (S9). Applying it all keeps the rule of I11. */
export interface ContactPlan {
  /** In the order in which they are to be stored. */
  readonly creates: readonly ContactCreate[];
  readonly updates: readonly ContactUpdate[];
  readonly removes: readonly Contact[];
  /** How many declared contacts stand already just as declared. */
  readonly unchanged: number;
  /** The verdict on each row of the patron, in row order; none where no file is behind the plan. */
  readonly rows: readonly RowResult[];
}

/** A contact as it is to stand afterwards; one without an id is new. */
export type WantedContact = Omit<Contact, 'id'> & { readonly id?: number };

/** The plan that changes nothing. */
export function noChanges(rows: readonly RowResult[] = []): ContactPlan {
  return { creates: [], updates: [], removes: [], unchanged: 0, rows };
}

/** How many records a plan writes; 0 where it changes nothing. */
export function planWeight({ creates, updates, removes }: ContactPlan): number {
  return creates.length + updates.length + removes.length;
}

/** What is left of a patron's contacts by a plan, changed ones as they then are, in the order in which they stood. */
export function leftBy<Stored extends Contact>(
  { updates, removes }: ContactPlan,
  before: readonly Stored[],
): Stored[] {
  if (before.length === 0) return [];
  const updated = new Map(updates.map(({ after }) => [after.id, after]));
  const removed = new Set(removes.map(({ id }) => id));
  const left: Stored[] = [];
  for (const contact of before) {
    if (removed.has(contact.id)) continue;
    const after = updated.get(contact.id);
    left.push(after === undefined ? contact : { ...contact, ...after });
  }
  return left;
}

/**
 * The plan that turns a patron's stored contacts into the wanted ones, for the paths without a file: by hand,
 * S2, undo. Primary ones are settled first (I11); `claim` tells which of several primary ones stays.
 */
export function planWanted(
  stored: readonly Contact[],
  wanted: readonly WantedContact[],
  claim?: (contact: WantedContact) => boolean,
): ContactPlan {
  const primaries = choosePrimaries(wanted, claim);
  const storedById = new Map<number | undefined, Contact>(stored.map((one) => [one.id, one]));
  const creates: ContactCreate[] = [];
  const updates: ContactUpdate[] = [];
  wanted.forEach((contact, index) => {
    const primary = primaries[contact.type] === index;
    const { id, origin, importedAs } = contact;
    const before = storedById.get(id);
    if (before === undefined || id === undefined) {
      creates.push({
        values: valuesOf(contact, primary),
        origin,
        importedAs,
        ...(id === undefined ? {} : { id }),
      });
      return;
    }
    const after = { ...before, ...valuesOf(contact, primary), origin, importedAs };
    if (!contactEquals(before, after)) updates.push({ before, after });
  });
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const removes = stored.filter(({ id }) => !wantedIds.has(id));
  return { creates, updates, removes, unchanged: 0, rows: [] };
}

/** Only what a contact says, with the primary mark it is to have. */
export function valuesOf(contact: ContactValues, primary = contact.primary): ContactValues {
  return {
    type: contact.type,
    role: contact.role,
    primary,
    addressee: contact.addressee,
    contact: contact.contact,
    bcc: contact.bcc,
    sms: contact.sms,
    scenarios: contact.scenarios,
  };
}

/** Whether two contacts say the same, to the letter. */
export function valuesEqual(a: ContactValues, b: ContactValues): boolean {
  return (
    a.contact === b.contact &&
    a.type === b.type &&
    a.role === b.role &&
    a.primary === b.primary &&
    a.addressee === b.addressee &&
    a.bcc === b.bcc &&
    a.sms === b.sms &&
    a.scenarios === b.scenarios
  );
}

/** Whether two contacts say the same and came in the same way. */
export function contactEquals(a: Contact, b: Contact): boolean {
  return valuesEqual(a, b) && a.origin === b.origin && a.importedAs === b.importedAs;
}
