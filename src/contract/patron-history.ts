import { z } from 'zod';
import { rowOutcomes } from '../domain/outcome.ts';
import { AccessExport } from './access-export.ts';
import { Contact } from './contact.ts';
import { operation } from './operation.ts';
import { Patron } from './patron.ts';
import { patronParam } from './patrons.ts';
import { instant, pageOf, paging } from './shared.ts';

const tag = 'Patrons';

const FieldValue = z.union([z.string(), z.boolean(), z.array(z.string())]).nullable();
export const FieldChange = z.object({ field: z.string(), before: FieldValue, after: FieldValue });

export const HistoryItem = z
  .object({
    at: instant,
    actor: z.string().nullable().describe('The account; null where it is no longer known.'),
    channel: z.string().nullable().describe('The way it came in, e.g. `api`, `infiniti`.'),
    runId: z.int().nullable().describe('The import or undo behind it; null: by a single request.'),
    entity: z.enum(['patron', 'contact']),
    action: z.enum(['created', 'updated', 'inactivated', 'removed']),
    contactId: z.int().nullable(),
    changes: z.array(FieldChange),
  })
  .meta({ id: 'HistoryItem', description: 'Something that happened to a patron or one of its contacts.' });

export const listHistory = operation({
  id: 'listHistory',
  method: 'GET',
  path: '/patrons/{id}/history',
  tag,
  summary: 'What happened to a patron',
  description: 'Newest first. With `field`, only what touched it: so a value says why it is there.',
  params: patronParam,
  query: z.strictObject({
    field: z.string().max(100).optional().describe('E.g. `surname`, or `contact` for addresses.'),
    ...paging,
  }),
  answers: { 200: pageOf(HistoryItem) },
});

export const exportPatron = operation({
  id: 'exportPatron',
  method: 'GET',
  path: '/patrons/{id}/export',
  tag,
  summary: 'Everything held about a patron',
  params: patronParam,
  answers: {
    200: z.object({
      patron: Patron.extend({ createdAt: instant, updatedAt: instant }),
      contacts: z.array(Contact),
      history: z.array(HistoryItem),
      access: AccessExport,
      rows: z
        .array(
          z.object({
            runId: z.int(),
            row: z.int(),
            outcome: z.enum(rowOutcomes),
            code: z.string().nullable(),
            column: z.string().nullable(),
            value: z.string().nullable(),
            message: z.string().nullable(),
            suggestion: z.string().nullable(),
          }),
        )
        .describe('Rows of import files that named the patron, as far as their results are kept.'),
    }),
  },
});
