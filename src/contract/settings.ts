import { z } from 'zod';
import { defaultThresholds } from '../domain/guard/change-threshold.ts';
import { keyFields } from '../domain/patron/patron.ts';
import { operation } from './operation.ts';

const tag = 'Settings';

const bccDefault = z
  .enum(['TRUE', 'FALSE'])
  .describe('What SCHOOL_DEFAULT means for a contact: TRUE sends as Bcc.');
const personIdField = z.enum(keyFields).describe('Which key a Person-ID of a members file is.');
const days = z.int().min(1).max(36_500);
const deliveryRetentionDays = days.describe('How long files, their row results and plans are kept.');
const journalRetentionDays = days.describe(
  'How long what stood before a change is kept, for history and undo.',
);
const oneTimeCodeMinutes = z
  .int()
  .min(1)
  .max(60)
  .describe('How long a one-time code of an API client is good.');
const sessionTokenMinutes = z
  .int()
  .min(1)
  .max(24 * 60)
  .describe('How long a session token of an API client is good; it can be renewed.');
const fsiAnswerAsText = z
  .boolean()
  .describe('Whether JSON answers of the FSI patron API hold `d` as a text that is to be parsed once more.');

const threshold = (about: string) =>
  z
    .object({
      moreThan: z.int().min(0).max(1_000_000_000),
      percent: z.number().min(0).max(100),
    })
    .strict()
    .nullable()
    .describe(
      `${about} Held where it is more than \`moreThan\` and more than \`percent\`. null: never held.`,
    );
const thresholds = {
  patronsInactivated: threshold(
    'Patrons that a `patrons` import in mode `full` makes inactive, of the active ones.',
  ),
  contactsLost: threshold(
    'Contacts that a `contacts` import takes away more than it brings, of those of the patrons in the file.',
  ),
  membersInactivated: threshold(
    'Members that a file of members makes anything but active, of the active ones of the sections in it.',
  ),
  sectionMembersInactivated: threshold('The same of any one section.'),
};
const changeThresholds = z
  .strictObject(thresholds)
  .describe(
    `How much an import may change before it is held. At first ${JSON.stringify(defaultThresholds)}.`,
  );
const holdAfterUndo = z
  .boolean()
  .describe('Hold an import that would do again what an undo took back, until one is approved.');
const clientsMayMakeLibrarians = z
  .boolean()
  .describe(
    'Whether API clients (`fsi`) may make a patron a LIBRARIAN. One that is a librarian may stay so.',
  );

export const Settings = z
  .object({
    bccDefault,
    personIdField,
    changeThresholds,
    holdAfterUndo,
    clientsMayMakeLibrarians,
    deliveryRetentionDays,
    journalRetentionDays,
    oneTimeCodeMinutes,
    sessionTokenMinutes,
    fsiAnswerAsText,
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
    changeThresholds: changeThresholds.partial().optional(),
    holdAfterUndo: holdAfterUndo.optional(),
    clientsMayMakeLibrarians: clientsMayMakeLibrarians.optional(),
    deliveryRetentionDays: deliveryRetentionDays.optional(),
    journalRetentionDays: journalRetentionDays.optional(),
    oneTimeCodeMinutes: oneTimeCodeMinutes.optional(),
    sessionTokenMinutes: sessionTokenMinutes.optional(),
    fsiAnswerAsText: fsiAnswerAsText.optional(),
  }),
  answers: { 200: Settings },
});
