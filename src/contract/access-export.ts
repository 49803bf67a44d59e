import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { instant } from './shared.ts';

const date = z.iso.date();
const status = z.enum(termStatuses);

const term = { startDate: date.nullable(), endDate: date.nullable(), inactiveSince: instant.nullable() };
const person = {
  contactRole: z.string(),
  telephone: z.string(),
  email: z.string(),
  url: z.string(),
  contactNote: z.string(),
};
const event = {
  at: instant,
  actor: z.string(),
  channel: z.string(),
  runId: z.int().nullable(),
  action: z.enum(['created', 'updated', 'inactivated', 'removed']),
};
const target = {
  kind: z.enum(['resource-type', 'checkout-center', 'wco-checkout-center']),
  target: z.string().describe('Its identifier, or name.'),
};
const Target = z.object(target);
const Term = z.object(term);
const Person = z.object(person);

export const AccessExport = z
  .object({
    memberships: z.array(
      z.object({ section: z.string(), status, ...term, createdAt: instant, updatedAt: instant }),
    ),
    membershipHistory: z.array(
      z.object({ ...event, section: z.string(), before: Term.nullable(), after: Term.nullable() }),
    ),
    statusChanges: z
      .array(z.object({ day: date, section: z.string(), from: status, to: status }))
      .describe('What daily runs did to memberships.'),
    turns: z
      .array(z.object({ day: date, gained: z.array(Target), lost: z.array(Target) }))
      .describe('What access daily runs gave and took.'),
    overrides: z.array(z.object({ at: instant, operator: z.string(), ...target, reason: z.string() })),
    contactPersonOf: z.array(
      z.object({ entity: z.enum(['group', 'section']), uniqueIdentifier: z.string(), ...person }),
    ),
    contactPersonHistory: z.array(
      z.object({
        ...event,
        entity: z.string(),
        uniqueIdentifier: z.string(),
        before: Person.nullable(),
        after: Person.nullable(),
      }),
    ),
  })
  .describe('What is held about a patron among groups and access; sections are named by unique identifier.');
