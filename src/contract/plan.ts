import { z } from 'zod';
import { contactRoles } from '../domain/contact/contact.ts';
import { scenarios } from '../domain/contact/scenarios.ts';
import { operation } from './operation.ts';
import { FieldChange } from './patron-history.ts';
import { idParam, pageOf, paging, queryFlag } from './shared.ts';

const count = z.int().min(0);

const PlanRecord = z.object({
  entity: z.enum(['patron', 'contact']),
  action: z.enum(['created', 'updated', 'inactivated', 'removed']),
  contactId: z.int().nullable().describe('Null for the patron itself and for a contact yet to be made.'),
  contact: z.string().nullable().describe('What the contact reads, before where it was there before.'),
  changes: z.array(FieldChange),
});

export const PlanItem = z
  .object({
    patronId: z.int().nullable().describe('Null for a patron that was yet to be made.'),
    username: z.string(),
    name: z.string().describe('Both names or, without any, a key.'),
    loses: z
      .boolean()
      .describe(
        'The patron loses a contact or becomes inactive, or somebody stops getting messages about it.',
      ),
    records: z.array(PlanRecord),
  })
  .meta({ id: 'PlanItem', description: 'One patron of a plan, old values beside new.' });

const PlanTotals = z
  .object({
    sentences: z.array(z.string()).describe('For people, what is lost first.'),
    patrons: z
      .object({
        changed: count.describe('Patrons of whom anything changes.'),
        created: count,
        inactivated: count,
        reactivated: count,
        removed: count.describe('By an undo, of what the undone run had made.'),
        losingContacts: count,
        leftWithoutContacts: count,
        leftWithoutEmail: count,
      })
      .describe('Patrons affected, by what happens to them.'),
    contacts: z.object({ created: count, updated: count, removed: count }),
    messages: z
      .array(
        z.object({
          scenario: z.enum(scenarios),
          role: z.enum(contactRoles),
          stop: count.describe('E-mail addresses that stop getting it, each counted once a patron.'),
          start: count.describe('Those that start getting it.'),
        }),
      )
      .describe('Who stops and starts getting which messages; only where anybody does.'),
  })
  .meta({ id: 'PlanTotals', description: 'What a plan comes to for people.' });

export const getImportPlan = operation({
  id: 'getImportPlan',
  method: 'GET',
  path: '/imports/{id}/plan',
  tag: 'Imports',
  summary: 'What a run does, did or would do, patron by patron',
  description:
    'Of a held, discarded or dry run as it was planned; of one that was applied from records and journal. A run that is not planned yet is a `conflict`; `gone` once plans of that age are no longer kept.',
  params: z.object({ id: idParam }),
  query: z.strictObject({
    losing: queryFlag.default(false).describe('Only patrons that lose anything.'),
    ...paging,
  }),
  answers: { 200: pageOf(PlanItem).extend({ totals: PlanTotals }) },
});
