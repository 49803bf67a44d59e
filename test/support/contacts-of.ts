import type { Contact, ContactValues } from '../../src/domain/contact/contact.ts';
import { scenarioNames } from '../../src/domain/contact/scenarios.ts';
import type { TestServer } from './server.ts';

/** A stored contact as tests compare it: scenarios by name, what is usual left out. */
export interface SeenContact {
  readonly type: ContactValues['type'];
  readonly contact: string;
  readonly role?: ContactValues['role'];
  readonly primary?: true;
  readonly addressee?: string;
  readonly bcc?: ContactValues['bcc'];
  readonly sms?: true;
  readonly scenarios?: string;
  readonly origin?: 'custom';
}

/**
 * The contacts of a patron in the order they were made. What says nothing is left out: role PATRON, no
 * addressee, bcc SCHOOL_DEFAULT, scenarios ANY, origin imported, and what is false.
 */
export async function contactsOf(
  server: TestServer,
  username: string,
  tenant = 'main',
): Promise<SeenContact[]> {
  return (await storedContacts(server, username, tenant)).map(seen);
}

/** The stored records themselves. */
export async function storedContacts(
  server: TestServer,
  username: string,
  tenant = 'main',
): Promise<Contact[]> {
  const { read } = await server.context.storage.tenant(tenant);
  return read.contacts.listByPatron(await patronId(server, username, tenant));
}

/** The id of the patron with that username; throws where there is none. */
export async function patronId(server: TestServer, username: string, tenant = 'main'): Promise<number> {
  const { read } = await server.context.storage.tenant(tenant);
  const patron = await read.patrons.findByKey('username', username);
  if (!patron) throw new Error(`no patron ${username}`);
  return patron.id;
}

function seen(contact: Contact): SeenContact {
  const scenarios = scenarioNames(contact.scenarios).join(';');
  return {
    type: contact.type,
    contact: contact.contact,
    ...(contact.role === 'PATRON' ? {} : { role: contact.role }),
    ...(contact.primary ? { primary: true } : {}),
    ...(contact.addressee === '' ? {} : { addressee: contact.addressee }),
    ...(contact.bcc === 'SCHOOL_DEFAULT' ? {} : { bcc: contact.bcc }),
    ...(contact.sms ? { sms: true } : {}),
    ...(scenarios === 'ANY' ? {} : { scenarios }),
    ...(contact.origin === 'custom' ? { origin: 'custom' } : {}),
  };
}
