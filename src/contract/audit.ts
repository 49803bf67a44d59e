import { z } from 'zod';
import { channels } from '../ports/changes.ts';
import { operation } from './operation.ts';
import { instant, pageOf, paging } from './shared.ts';

export const AuditEntry = z
  .object({
    id: z.int(),
    at: instant,
    actor: z.string().describe('Username of the account.'),
    channel: z.enum(channels).describe('The way it came in.'),
    action: z.string().describe('E.g. `account.created`, `settings.changed`, `import.approved`.'),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry', description: 'An administrative act: who did what to what.' });

export const listAudit = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/audit',
  tag: 'Audit',
  summary: 'List administrative acts, newest first',
  query: z.strictObject({ ...paging }),
  answers: { 200: pageOf(AuditEntry) },
});
