import { z } from 'zod';
import { patronRoles, patronStatuses } from '../domain/patron/patron.ts';
import { operation } from './operation.ts';
import { Patron, PatronInput, SavedPatron } from './patron.ts';
import { pageOf, paging, queryFlag } from './shared.ts';

const tag = 'Patrons';

/** The patron a path is about. */
export const patronParam = z.object({
  id: z
    .string()
    .trim()
    .min(1)
    .describe(
      'The patron’s id. A username, barcode or externalid does as well where only one patron has it; `barcode:123` says which of them is meant.',
    ),
});

export const listPatrons = operation({
  id: 'listPatrons',
  method: 'GET',
  path: '/patrons',
  tag,
  summary: 'List or search patrons',
  description:
    'Every word of `q` must be contained in a key, a name, class, room, role or own e-mail, without regard to case and accents. A patron with exactly that key comes first, the rest by surname.',
  query: z.strictObject({
    q: z.string().max(200).default('').describe('Words to look for; blank = everybody.'),
    role: z.enum(patronRoles).optional(),
    status: z.enum(patronStatuses).optional(),
    withoutEmail: queryFlag
      .default(false)
      .describe('Only patrons without any e-mail, a guardian’s included.'),
    ...paging,
  }),
  answers: { 200: pageOf(Patron) },
});

export const createPatron = operation({
  id: 'createPatron',
  method: 'POST',
  path: '/patrons',
  tag,
  summary: 'Add a patron',
  description: 'At least one of username, barcode and externalid is needed.',
  body: PatronInput,
  answers: { 201: SavedPatron },
});

export const getPatron = operation({
  id: 'getPatron',
  method: 'GET',
  path: '/patrons/{id}',
  tag,
  summary: 'Read one patron',
  params: patronParam,
  answers: { 200: Patron },
});

export const changePatron = operation({
  id: 'changePatron',
  method: 'PATCH',
  path: '/patrons/{id}',
  tag,
  summary: 'Change a patron',
  description: 'What is left out stays as it is.',
  params: patronParam,
  body: PatronInput,
  answers: { 200: SavedPatron },
});
