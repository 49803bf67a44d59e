import { MusterError } from '../errors.ts';
import { romanise } from '../text/fold.ts';
import type { Contact, ContactValues } from './contact.ts';
import { planWanted, valuesEqual, valuesOf } from './contact-plan.ts';
import type { ContactPlan, WantedContact } from './contact-plan.ts';
import { isHopelessEmail } from './email-address.ts';
import { contactIdentity, sameContact } from './identity.ts';
import { electEmail } from './primary.ts';
import { ANY } from './scenarios.ts';

/** A contact as somebody enters it; what is left out takes the defaults of I13. */
export type NewContactValues = Pick<ContactValues, 'type' | 'contact'> & Partial<ContactValues>;

/** I13: what a contact says where nothing is said. */
const blank: ContactValues = {
  type: 'EMAIL',
  role: 'PATRON',
  primary: false,
  addressee: '',
  contact: '',
  bcc: 'SCHOOL_DEFAULT',
  sms: false,
  scenarios: ANY,
};

/**
 * The plan that adds a contact by hand: a custom one (I12). Made primary, it demotes the other of its type.
 * `MusterError`: `bad-request` for a blank contact or a hopeless e-mail, `conflict` where it stands already.
 */
export function addContact(stored: readonly Contact[], entered: NewContactValues): ContactPlan {
  const values = checked(merged(blank, entered));
  refuseTwin(stored, values);
  const added: WantedContact = { ...values, origin: 'custom', importedAs: null };
  return planWanted(stored, [...stored, added], claimOf(added));
}

/**
 * The plan that changes a contact by hand, which makes it a custom one; a change that says nothing new
 * plans nothing. I12: an imported contact remembers the identity it came with, and keeps remembering it.
 * Refused as `addContact`, and `not-found` where the patron has no such contact.
 */
export function changeContact(
  stored: readonly Contact[],
  id: number,
  changes: Partial<ContactValues>,
): ContactPlan {
  const before = getContact(stored, id);
  const others = stored.filter((contact) => contact !== before);
  // A primary phone that becomes an e-mail says nothing about which e-mail is the primary one.
  const sameType = changes.type === undefined || changes.type === before.type;
  const values = checked(merged({ ...before, primary: before.primary && sameType }, changes));
  refuseTwin(others, values);

  // I11: the only e-mail is primary whatever is asked; of several another one takes its place.
  const steppedDown = before.primary && sameType && values.type === 'EMAIL' && !values.primary;
  const successor = steppedDown ? others[electEmail(others)] : undefined;
  const settled = valuesOf(values, values.primary || (steppedDown && successor === undefined));
  const changed = !valuesEqual(before, settled);
  const importedAs = before.origin === 'imported' ? contactIdentity(before) : before.importedAs;
  const after: Contact = changed ? { ...before, ...settled, origin: 'custom', importedAs } : before;

  const wanted = stored.map((contact) => {
    if (contact === before) return after;
    return contact === successor ? { ...contact, primary: true } : contact;
  });
  return planWanted(stored, wanted, claimOf(after));
}

/** The plan that removes a contact by hand; where it was the primary e-mail another is elected (I11). */
export function removeContact(stored: readonly Contact[], id: number): ContactPlan {
  const before = getContact(stored, id);
  return planWanted(
    stored,
    stored.filter((contact) => contact !== before),
  );
}

/** Whoever made this one primary means it, so it goes before any other. */
function claimOf(contact: WantedContact): (other: WantedContact) => boolean {
  return (other) => other === contact;
}

function getContact(stored: readonly Contact[], id: number): Contact {
  const contact = stored.find((one) => one.id === id);
  if (contact === undefined) throw new MusterError('not-found', `This patron has no contact ${id}.`, { id });
  return contact;
}

/** The values with the changes made; what a change leaves out or undefined stays. */
function merged(values: ContactValues, changes: Partial<ContactValues>): ContactValues {
  return {
    type: changes.type ?? values.type,
    role: changes.role ?? values.role,
    primary: changes.primary ?? values.primary,
    addressee: changes.addressee ?? values.addressee,
    contact: changes.contact ?? values.contact,
    bcc: changes.bcc ?? values.bcc,
    sms: changes.sms ?? values.sms,
    scenarios: changes.scenarios ?? values.scenarios,
  };
}

/** The values in the form in which they are stored (I15, I17), or a `bad-request`. */
function checked(values: ContactValues): ContactValues {
  const given = values.contact.trim();
  const contact = romanise(given).trim();
  if (contact === '') throw new MusterError('bad-request', 'The contact is blank.', { field: 'contact' });
  // I16
  if (values.type === 'EMAIL' && (isHopelessEmail(contact) || isHopelessEmail(given))) {
    throw new MusterError(
      'bad-request',
      `“${given}” cannot be an e-mail address: it needs text on both sides of an @ and no white space.`,
      { field: 'contact' },
    );
  }
  return {
    ...valuesOf(values),
    contact,
    addressee: values.addressee.trim(),
    // I15: elsewhere these say nothing, so nothing is kept.
    bcc: values.type === 'EMAIL' ? values.bcc : 'SCHOOL_DEFAULT',
    sms: values.type === 'PHONE' && values.sms,
  };
}

/** I19: a patron has a contact once. */
function refuseTwin(others: readonly Contact[], values: ContactValues): void {
  const twin = others.find((contact) => sameContact(contact, values));
  if (twin === undefined) return;
  throw new MusterError(
    'conflict',
    `This patron has the contact ${values.contact} (${values.type}, ${values.role}) already. Change that one instead.`,
    { id: twin.id },
  );
}
