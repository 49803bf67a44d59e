import { z } from 'zod';
import { patronRoles, patronStatuses } from '../domain/patron/patron.ts';
import { Note } from './shared.ts';

const words = {
  username: 'Name the patron is known by in other systems; unique where not blank.',
  barcode: 'Barcode on the library card; unique where not blank.',
  externalid: 'Identifier in the administration system; unique where not blank.',
  email: 'The patron’s own e-mail: the EMAIL contact of role PATRON. Blank where there is none.',
};

const record = {
  id: z.int(),
  username: z.string().describe(words.username),
  barcode: z.string().describe(words.barcode),
  externalid: z.string().describe(words.externalid),
  firstname: z.string(),
  surname: z.string(),
  email: z.string().describe(words.email),
  classgrade: z.string(),
  room: z.string(),
  role: z.enum(patronRoles),
  status: z.enum(patronStatuses),
};

export const Patron = z.object(record).meta({ id: 'Patron', description: 'Somebody the library serves.' });
export type Patron = z.output<typeof Patron>;

/** A patron as it stands after it was written. */
export const SavedPatron = z
  .object({
    ...record,
    notes: z.array(Note).describe('What was not done as asked, e.g. an e-mail set by hand that was kept.'),
  })
  .meta({ id: 'SavedPatron', description: 'A patron as it stands now, and what is worth saying about it.' });

const text = z.string().trim().max(1000);

/** What may be said of a patron. What is left out stays, or is blank on a new patron (M1). */
export const PatronInput = z.strictObject({
  username: text.optional().describe(words.username),
  barcode: text.optional().describe(words.barcode),
  externalid: text.optional().describe(words.externalid),
  firstname: text.optional(),
  surname: text.optional(),
  email: text.optional().describe(`${words.email} A blank text removes it.`),
  classgrade: text.optional(),
  room: text.optional(),
  role: z.enum(patronRoles).optional().describe('STUDENT on a new patron unless told otherwise.'),
  status: z.enum(patronStatuses).optional().describe('ACTIVE on a new patron unless told otherwise.'),
});
