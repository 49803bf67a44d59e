import { z } from 'zod';
import { Contact, ContactChange, NewContact } from './contact.ts';
import { operation } from './operation.ts';
import { patronParam } from './patrons.ts';
import { idParam, pageOf, paging } from './shared.ts';

const tag = 'Contacts';
const contactParams = patronParam.extend({ contactId: idParam });

export const listContacts = operation({
  id: 'listContacts',
  method: 'GET',
  path: '/patrons/{id}/contacts',
  tag,
  summary: 'List a patron’s contacts',
  description: 'In the order in which they were made.',
  params: patronParam,
  query: z.strictObject(paging),
  answers: { 200: pageOf(Contact) },
});

export const addContact = operation({
  id: 'addContact',
  method: 'POST',
  path: '/patrons/{id}/contacts',
  tag,
  summary: 'Add a contact by hand',
  description: 'It becomes a custom contact.',
  params: patronParam,
  body: NewContact,
  answers: { 201: Contact },
});

export const changeContact = operation({
  id: 'changeContact',
  method: 'PATCH',
  path: '/patrons/{id}/contacts/{contactId}',
  tag,
  summary: 'Change a contact by hand',
  description: 'A change makes it a custom contact; what is left out stays.',
  params: contactParams,
  body: ContactChange,
  answers: { 200: Contact },
});

export const removeContact = operation({
  id: 'removeContact',
  method: 'DELETE',
  path: '/patrons/{id}/contacts/{contactId}',
  tag,
  summary: 'Remove a contact by hand',
  description: 'Where it was the primary e-mail, another one becomes primary.',
  params: contactParams,
  answers: { 204: z.undefined() },
});

export const listRecipients = operation({
  id: 'listRecipients',
  method: 'GET',
  path: '/patrons/{id}/recipients',
  tag,
  summary: 'Who receives a message of a scenario',
  description:
    'The e-mails whose scenarios permit it; nobody where none does. Being primary is no reason to receive.',
  params: patronParam,
  query: z.strictObject({ scenario: z.string().max(100).describe('E.g. OVERDUE.') }),
  answers: {
    200: z.object({
      items: z.array(z.object({ contact: z.string(), addressee: z.string(), field: z.enum(['to', 'bcc']) })),
    }),
  },
});
