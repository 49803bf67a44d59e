import { z } from 'zod';
import { patronRoles, patronStatuses } from '../domain/patron/patron.ts';
import { Note, storable } from './shared.ts';

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

/** A patron as it stands after it was written. */
export const SavedPatron = z
  .object({
    ...record,
    notes: z.array(Note).describe('What was not done as asked, e.g. an e-mail set by hand that was kept.'),
  })
  .meta({ id: 'SavedPatron', description: 'A patron as it stands now, and what is worth saying about it.' });

/** What may be said of a patron. What is left out stays, or is blank on a new patron (M1). */
export const PatronInput = z.strictObject({
  username: storable.optional().describe(words.username),
  barcode: storable.optional().describe(words.barcode),
  externalid: storable.optional().describe(words.externalid),
  firstname: storable.optional(),
  surname: storable.optional(),
  email: storable.optional().describe(`${words.email} A blank text removes it.`),
  classgrade: storable.optional(),
  room: storable.optional(),
  role: z.enum(patronRoles).optional().describe('STUDENT on a new patron unless told otherwise.'),
  status: z.enum(patronStatuses).optional().describe('ACTIVE on a new patron unless told otherwise.'),
});
