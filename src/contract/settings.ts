import { z } from 'zod';
import { keyFields } from '../domain/patron/patron.ts';
import { operation } from './operation.ts';

const tag = 'Settings';

const bccDefault = z
  .enum(['TRUE', 'FALSE'])
  .describe('What SCHOOL_DEFAULT means for a contact: TRUE sends as Bcc.');
const personIdField = z.enum(keyFields).describe('Which key a Person-ID of a members file is.');
const days = z.int().min(1).max(36_500);
const deliveryRetentionDays = days.describe('How long files and their row results are kept.');
const journalRetentionDays = days.describe(
  'How long what stood before a change is kept, for history and undo.',
);

export const Settings = z
  .object({
    bccDefault,
    personIdField,
    deliveryRetentionDays,
    journalRetentionDays,
    tenant: z
      .object({
        slug: z.string(),
        name: z.string(),
        zone: z.string().describe('IANA time zone.'),
        hosts: z.array(z.string()),
      })
      .describe('Set with the command `muster tenant set`.'),
  })
  .meta({ id: 'Settings', description: 'What the tenant chose.' });

export const getSettings = operation({
  id: 'getSettings',
  method: 'GET',
  path: '/settings',
  tag,
  summary: 'Read the settings',
  answers: { 200: Settings },
});

export const changeSettings = operation({
  id: 'changeSettings',
  method: 'PATCH',
  path: '/settings',
  tag,
  summary: 'Change settings',
  description: 'What is left out stays.',
  body: z.strictObject({
    bccDefault: bccDefault.optional(),
    personIdField: personIdField.optional(),
    deliveryRetentionDays: deliveryRetentionDays.optional(),
    journalRetentionDays: journalRetentionDays.optional(),
  }),
  answers: { 200: Settings },
});
