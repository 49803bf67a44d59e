import type { RowNote } from '../outcome.ts';
import { romanise } from '../text/fold.ts';
import type { Contact } from './contact.ts';
import { noChanges, planWanted } from './contact-plan.ts';
import type { ContactPlan, WantedContact } from './contact-plan.ts';
import { isHopelessEmail } from './email-address.ts';
import { sameContact } from './identity.ts';
import { ANY } from './scenarios.ts';

/** The plan, and what has to be said about it: an `error` note means that nothing was planned. */
export type EmailPlan = ContactPlan & { readonly notes: readonly RowNote[] };

/** S2: the contact that is the patron's e-mail: of role PATRON, the primary one first, else the first. */
export function emailContactOf(contacts: readonly Contact[]): Contact | undefined {
  const own = contacts.filter(({ type, role }) => type === 'EMAIL' && role === 'PATRON');
  return own.find(({ primary }) => primary) ?? own[0];
}

/** S2: the patron's e-mail, '' where there is none; never a guardian's. */
export function emailOf(contacts: readonly Contact[]): string {
  return emailContactOf(contacts)?.contact ?? '';
}

/**
 * S2: the plan that makes `text` the patron's e-mail, or with '' removes it. An e-mail made or changed by
 * hand stays as it is and the notes say so, as they do of one that cannot be an address (I16).
 */
export function setPatronEmail(stored: readonly Contact[], text: string): EmailPlan {
  const given = text.trim();
  const email = romanise(given).trim();
  const current = emailContactOf(stored);
  if (email === '') return clearEmail(stored, current);
  if (isHopelessEmail(email) || isHopelessEmail(given)) {
    return leave({ code: 'email-invalid', column: 'email', value: given });
  }
  const wanted = { type: 'EMAIL', role: 'PATRON', contact: email } as const;
  const equal = stored.find((contact) => sameContact(contact, wanted));

  if (equal === current && equal !== undefined) return becomeEmail(stored, equal, spelled(equal, email));
  // A custom one stays as it is, and only one can be the patron's e-mail.
  if (current?.origin === 'custom') {
    return leave({ code: 'email-custom-kept', column: 'email', value: given });
  }
  // An equal one that stands already becomes primary: only so it is the patron's e-mail.
  if (equal !== undefined) return change(stored, equal, { ...spelled(equal, email), primary: true });
  if (current !== undefined) return becomeEmail(stored, current, { ...current, contact: email });

  const added: WantedContact = {
    ...wanted,
    primary: true,
    addressee: '',
    bcc: 'SCHOOL_DEFAULT',
    sms: false,
    scenarios: ANY,
    origin: 'imported',
    importedAs: null,
  };
  return { ...planWanted(stored, [...stored, added], (contact) => contact === added), notes: [] };
}

/**
 * The contact that is the patron's e-mail already becomes primary unless a hand made another one so (I12): at once,
 * so that saying the same again changes nothing.
 */
function becomeEmail(stored: readonly Contact[], current: Contact, after: Contact): EmailPlan {
  const custom = stored.some(
    ({ type, primary, origin }) => type === 'EMAIL' && primary && origin === 'custom',
  );
  return change(stored, current, { ...after, primary: after.primary || !custom });
}

function clearEmail(stored: readonly Contact[], current: Contact | undefined): EmailPlan {
  if (current === undefined) return { ...noChanges(), notes: [] };
  if (current.origin === 'custom') {
    return leave({ code: 'email-custom-not-cleared', column: 'email', value: current.contact });
  }
  const others = stored.filter((contact) => contact !== current);
  return { ...planWanted(stored, others), notes: [] };
}

/** Spelled as it was given now; a custom one keeps its own spelling. */
function spelled(contact: Contact, email: string): Contact {
  return contact.origin === 'custom' ? contact : { ...contact, contact: email };
}

function change(stored: readonly Contact[], before: Contact, after: Contact): EmailPlan {
  const wanted = stored.map((contact) => (contact === before ? after : contact));
  return { ...planWanted(stored, wanted, (contact) => contact === after), notes: [] };
}

function leave(note: RowNote): EmailPlan {
  return { ...noChanges(), notes: [note] };
}
