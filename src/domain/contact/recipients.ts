import type { BccChoice, Contact, ContactValues } from './contact.ts';
import type { Scenario } from './scenarios.ts';
import { scenariosPermit } from './scenarios.ts';

/** The names an addressee is derived from. */
export interface PatronNames {
  readonly firstname: string;
  readonly surname: string;
}

export interface Recipient {
  readonly contact: string;
  readonly addressee: string;
  readonly field: 'to' | 'bcc';
}

/**
 * I18: whom a message to this contact addresses. Blank on role PATRON means the patron's names as they are
 * now; on other roles it stays blank.
 */
export function addresseeOf(contact: Pick<ContactValues, 'addressee' | 'role'>, names: PatronNames): string {
  if (contact.addressee !== '' || contact.role !== 'PATRON') return contact.addressee;
  return `${names.firstname} ${names.surname}`.trim().replaceAll(/\s+/g, ' ');
}

/**
 * I22: who receives a message of this scenario: the patron's e-mails whose scenarios permit it, in stored
 * order. Being primary is no reason to receive, so the list can be empty. `bccDefault` is what the tenant
 * means by SCHOOL_DEFAULT (I13).
 */
export function recipientsFor(
  contacts: readonly Contact[],
  names: PatronNames,
  scenario: Scenario,
  bccDefault: Exclude<BccChoice, 'SCHOOL_DEFAULT'>,
): Recipient[] {
  return contacts
    .filter((contact) => contact.type === 'EMAIL' && scenariosPermit(contact.scenarios, scenario))
    .map((contact) => {
      const bcc = contact.bcc === 'SCHOOL_DEFAULT' ? bccDefault : contact.bcc;
      return {
        contact: contact.contact,
        addressee: addresseeOf(contact, names),
        field: bcc === 'TRUE' ? 'bcc' : 'to',
      };
    });
}
