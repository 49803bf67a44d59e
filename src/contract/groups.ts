import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { identifier, recordOperations, reference, termAnswer, termBody, text } from './record-operations.ts';

const statusFilter = {
  status: z.enum(termStatuses).optional().describe('As the last import, change or daily run left it.'),
};

/** What groups and sections say alike. */
const describedAnswer = {
  uniqueIdentifier: z.string(),
  name: z.string(),
  ...termAnswer,
  description: z.string(),
  note: z.string(),
  contactPerson: z.string().nullable().describe('The Person-ID of the patron to be asked about it.'),
  contactRole: z.string(),
  telephone: z.string(),
  email: z.string(),
  url: z.string(),
  contactNote: z.string(),
};

const contactBody = {
  description: text.optional(),
  note: text.optional(),
  contactPerson: reference.optional().describe('The Person-ID of an active patron.'),
  contactRole: text.optional(),
  telephone: text.optional(),
  email: text.optional(),
  url: text.optional(),
  contactNote: text.optional(),
  ...termBody,
};

export const Group = z
  .object({
    ...describedAnswer,
    organization: z.string(),
    primarySet: z.string().nullable().describe('The authorization set that its members get.'),
  })
  .meta({ id: 'Group', description: 'What joins the members of its sections to an authorization set.' });

const groupReferences = { organization: identifier, primarySet: reference.optional() };

export const groups = recordOperations({
  one: 'Group',
  many: 'Groups',
  words: ['group', 'groups'],
  path: '/groups',
  answer: Group,
  create: z.strictObject({
    uniqueIdentifier: identifier,
    name: identifier,
    ...groupReferences,
    ...contactBody,
  }),
  change: z.strictObject({
    uniqueIdentifier: identifier.optional(),
    name: identifier.optional(),
    organization: identifier.optional(),
    primarySet: reference.optional(),
    ...contactBody,
  }),
  filter: { organization: z.string().max(1000).optional(), ...statusFilter },
  about:
    'Needs *Manage Group Authorizations* at its organization, also at the one it moves to. Only an administrator changes the identifier.',
});

export const Section = z
  .object({ ...describedAnswer, group: z.string() })
  .meta({ id: 'Section', description: 'A class within a group.' });

export const sections = recordOperations({
  one: 'Section',
  many: 'Sections',
  words: ['section', 'sections'],
  path: '/sections',
  answer: Section,
  create: z.strictObject({
    uniqueIdentifier: identifier,
    name: identifier,
    group: identifier,
    ...contactBody,
  }),
  change: z.strictObject({
    uniqueIdentifier: identifier.optional(),
    name: identifier.optional(),
    group: identifier.optional(),
    ...contactBody,
  }),
  filter: { group: z.string().max(1000).optional(), ...statusFilter },
  about:
    'Needs *Manage Group Authorizations* at the organization of its group, also of the one it moves to. Only an administrator changes the identifier.',
});
