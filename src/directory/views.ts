import { addresseeOf } from '../domain/contact/recipients.ts';
import type {
  BccChoice,
  Contact,
  ContactOrigin,
  ContactRole,
  ContactType,
} from '../domain/contact/contact.ts';
import { emailOf } from '../domain/contact/patron-email.ts';
import { scenarioNames } from '../domain/contact/scenarios.ts';
import type { RowNote } from '../domain/outcome.ts';
import { patronFields } from '../domain/patron/merge-patron.ts';
import type { Patron } from '../domain/patron/patron.ts';
import { noteMessage } from '../domain/row-notes.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/**
 * Records as people and programs outside are shown them, by the management API and the command line alike.
 */

/** A patron with the e-mail that is one of its contacts (S2). */
export interface PatronView extends Patron {
  readonly email: string;
}

export interface ContactView {
  readonly id: number;
  readonly type: ContactType;
  readonly role: ContactRole;
  readonly primary: boolean;
  /** Blank on role PATRON is shown as the patron's names (I18). */
  readonly addressee: string;
  readonly contact: string;
  readonly bcc: BccChoice;
  readonly sms: boolean;
  readonly scenarios: string[];
  readonly origin: ContactOrigin;
}

/** A note with its sentence; null stands where it says nothing. */
export interface NoteView {
  readonly code: string;
  readonly column: string | null;
  readonly value: string | null;
  readonly message: string;
  readonly suggestion: string | null;
}

export async function viewPatrons(
  reader: Pick<TenantReader, 'contacts'>,
  patrons: readonly Patron[],
): Promise<PatronView[]> {
  const contacts = await reader.contacts.mapByPatron(patrons.map(({ id }) => id));
  return patrons.map((patron) => viewPatron(patron, contacts.get(patron.id) ?? []));
}

export function viewPatron(patron: Patron, contacts: readonly Contact[]): PatronView {
  const view: Record<string, unknown> = { id: patron.id };
  for (const field of patronFields) {
    view[field] = patron[field];
    // In the order of the columns of a patrons file.
    if (field === 'surname') view['email'] = emailOf(contacts);
  }
  return view as unknown as PatronView;
}

export function viewContact(contact: Contact, patron: Patron): ContactView {
  const { id, type, role, primary, bcc, sms, origin } = contact;
  return {
    id,
    type,
    role,
    primary,
    addressee: addresseeOf(contact, patron),
    contact: contact.contact,
    bcc,
    sms,
    scenarios: scenarioNames(contact.scenarios),
    origin,
  };
}

export function viewNote(note: RowNote): NoteView {
  const { code, column = null, value = null, suggestion = null } = note;
  return { code, column, value, message: noteMessage(note), suggestion };
}

/** An instant as it is shown: ISO 8601 in UTC. */
export function viewInstant(at: number): string {
  return new Date(at).toISOString();
}
