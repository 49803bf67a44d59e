import { z } from 'zod';
import { bccChoices, contactOrigins, contactRoles, contactTypes } from '../domain/contact/contact.ts';
import { storable } from './shared.ts';

const words = {
  primary:
    'The default contact of its type in lists and reports. Of the e-mails exactly one is, of the others at most one.',
  addressee: 'Whom a message addresses. Blank on role PATRON, the patron’s own names are shown here.',
  contact: 'The address, number or handle, in Latin letters without accents.',
  bcc: 'Counts for EMAIL only; SCHOOL_DEFAULT is the setting `bccDefault`.',
  sms: 'Counts for PHONE only.',
  scenarios: 'What it may be used for, e.g. `["OVERDUE"]`; `["ANY"]` everything, `["NONE"]` nothing.',
};

export const Contact = z
  .object({
    id: z.int(),
    type: z.enum(contactTypes),
    role: z.enum(contactRoles),
    primary: z.boolean().describe(words.primary),
    addressee: z.string().describe(words.addressee),
    contact: z.string().describe(words.contact),
    bcc: z.enum(bccChoices).describe(words.bcc),
    sms: z.boolean().describe(words.sms),
    scenarios: z.array(z.string()).describe(words.scenarios),
    origin: z
      .enum(contactOrigins)
      .describe('`custom`: made or changed by hand, and kept by imports that keep custom contacts.'),
  })
  .meta({ id: 'Contact', description: 'A way to reach a patron or somebody who answers for them.' });

const optional = {
  role: z.enum(contactRoles).optional().describe('PATRON on a new contact unless told otherwise.'),
  primary: z.boolean().optional().describe(words.primary),
  addressee: storable.optional().describe(words.addressee),
  bcc: z.enum(bccChoices).optional().describe(words.bcc),
  sms: z.boolean().optional().describe(words.sms),
  scenarios: z.array(z.string().max(100)).max(100).optional().describe(words.scenarios),
};

/** A contact as it is entered; what is left out takes the defaults of I13. */
export const NewContact = z.strictObject({
  type: z.enum(contactTypes),
  contact: storable.describe(words.contact),
  ...optional,
});

/** What is to change about a contact; what is left out stays. */
export const ContactChange = z.strictObject({
  type: z.enum(contactTypes).optional(),
  contact: storable.optional().describe(words.contact),
  ...optional,
});
