import { z } from 'zod';
import { contactRoles } from '../domain/contact/contact.ts';
import { scenarios } from '../domain/contact/scenarios.ts';
import { recordEntities } from '../domain/records.ts';
import { accessTargetKinds } from '../ports/access.ts';
import { operation } from './operation.ts';
import { FieldChange } from './patron-history.ts';
import { idParam, pageOf, paging, queryFlag } from './shared.ts';

const count = z.int().min(0);

const PlanRecord = z.object({
  entity: z.enum(['patron', 'contact', 'member', ...recordEntities]),
  action: z.enum(['created', 'updated', 'inactivated', 'removed']),
  contactId: z.int().nullable().describe('Null for all but contacts, and for a contact yet to be made.'),
  contact: z.string().nullable().describe('What the contact reads, before where it was there before.'),
  member: z.object({ patronId: z.int(), name: z.string() }).nullable().describe('Who a member is.'),
  changes: z.array(FieldChange),
});

export const PlanItem = z
  .object({
    subject: z
      .object({
        entity: z
          .enum(['patron', 'roster', ...recordEntities])
          .describe('`roster`: the members of a section.'),
        id: z.int().nullable().describe('Null for one that was yet to be made.'),
        label: z.string().describe('Of a patron both names or, without any, a key; else the identifier.'),
      })
      .describe('What the item is about.'),
    patronId: z.int().nullable().describe('The id of a subject that is a patron.'),
    username: z.string().describe('Of a patron; blank otherwise.'),
    name: z.string().describe('The label of the subject.'),
    loses: z
      .boolean()
      .describe(
        'A patron loses a contact or becomes inactive, somebody stops getting messages about it, a record becomes inactive, a member is active no more.',
      ),
    records: z.array(PlanRecord),
  })
  .meta({ id: 'PlanItem', description: 'One subject of a plan, old values beside new.' });

const RecordCounts = z.object({
  created: count,
  updated: count,
  inactivated: count,
  reactivated: count,
  removed: count.describe('By an undo, of what the undone run had made.'),
});

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
    records: z
      .partialRecord(z.enum(recordEntities), RecordCounts)
      .optional()
      .describe('Records affected, by entity; only those of which any are.'),
    members: z
      .object({
        sections: count.describe('Sections whose members change in any way.'),
        gained: count.describe('New members that are not inactive from the first.'),
        inactivated: count.describe('Those that were active and are so no more.'),
        reactivated: count,
        changed: count.describe('Those whose dates alone change.'),
        removed: count.describe('By an undo, of those that the undone run had made.'),
      })
      .optional()
      .describe('Memberships affected; only where any are.'),
    access: z
      .object({
        exact: z
          .boolean()
          .describe(
            'Patrons are counted, each once; false: memberships are, because there are too many of them.',
          ),
        targets: z.array(
          z.object({
            kind: z.enum(accessTargetKinds),
            id: z.int(),
            name: z.string(),
            lose: count,
            gain: count,
          }),
        ),
        closed: z.array(z.string()).describe('What becomes restricted.'),
        opened: z.array(z.string()).describe('What every active patron may have from now on.'),
      })
      .optional()
      .describe('Who loses and gains what today; only where anybody does.'),
  })
  .meta({ id: 'PlanTotals', description: 'What a plan comes to for people.' });

export const getImportPlan = operation({
  id: 'getImportPlan',
  method: 'GET',
  path: '/imports/{id}/plan',
  tag: 'Imports',
  summary: 'What a run does, did or would do, subject by subject',
  description:
    'Of a held, discarded or dry run as it was planned; of one that was applied from records and journal. A run that is not planned yet is a `conflict`; `gone` once plans of that age are no longer kept.',
  params: z.object({ id: idParam }),
  query: z.strictObject({
    losing: queryFlag.default(false).describe('Only subjects by which anybody loses anything.'),
    ...paging,
  }),
  answers: { 200: pageOf(PlanItem).extend({ totals: PlanTotals }) },
});
