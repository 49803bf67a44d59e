import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { accessTargetKinds } from '../ports/access.ts';
import { termEntities } from '../ports/daily-runs.ts';
import { operation } from './operation.ts';
import { instant, pageOf, paging } from './shared.ts';

const tag = 'Daily runs';

/** A local date in a path. */
const dateParam = z.object({ date: z.iso.date().describe('A local date, e.g. `2026-03-02`.') });
const day = z.string().meta({ format: 'date' });

export const DailyRun = z
  .object({
    date: day,
    at: instant.describe('When it was run.'),
    activated: z.int().describe('Groups, sections, memberships and sets that became active.'),
    inactivated: z.int(),
    gaining: z.int().describe('Patrons who gained access to something by it.'),
    losing: z.int(),
  })
  .meta({
    id: 'DailyRun',
    description: 'A local date whose 01:00 has come: what starts or ends then has turned.',
  });

export const Target = z
  .object({
    kind: z.enum(accessTargetKinds),
    identifier: z.string().nullable().describe('Null where it is no longer registered.'),
    name: z.string().nullable(),
  })
  .meta({
    id: 'Target',
    description: 'A resource type, the portal of a checkout center, or service at one.',
  });

export const LinkTurn = z
  .object({
    entity: z.enum(['member', 'section', 'group', 'authorization-set']),
    turn: z.enum(['start', 'end']),
    uniqueIdentifier: z.string().nullable().describe('Of a membership: its section’s.'),
    name: z.string().nullable(),
  })
  .meta({ id: 'LinkTurn', description: 'Something that starts or ends on a date.' });

const person = {
  patron: z.string().nullable().describe('The Person-ID.'),
  patronName: z.string().nullable(),
};

export const AccessTurn = z
  .object({
    patronId: z.int(),
    ...person,
    gained: z.array(Target),
    lost: z.array(Target),
    because: z.array(LinkTurn),
  })
  .meta({ id: 'AccessTurn', description: 'What a patron’s access gains and loses on a date, and by what.' });

export const listDailyRuns = operation({
  id: 'listDailyRuns',
  method: 'GET',
  path: '/daily-runs',
  tag,
  summary: 'List the dates that were run, newest first',
  query: z.strictObject(paging),
  answers: { 200: pageOf(DailyRun) },
});

export const getDailyRun = operation({
  id: 'getDailyRun',
  method: 'GET',
  path: '/daily-runs/{date}',
  tag,
  summary: 'Read one date that was run',
  params: dateParam,
  answers: { 200: DailyRun },
});

export const listStatusChanges = operation({
  id: 'listStatusChanges',
  method: 'GET',
  path: '/daily-runs/{date}/changes',
  tag,
  summary: 'What became active or inactive on a date',
  params: dateParam,
  query: z.strictObject(paging),
  answers: {
    200: pageOf(
      z.object({
        entity: z.enum(termEntities),
        uniqueIdentifier: z.string().nullable().describe('Of a membership: its section’s.'),
        name: z.string().nullable(),
        patronId: z.int().nullable().describe('Of a membership: whose it is.'),
        ...person,
        from: z.enum(termStatuses),
        to: z.enum(termStatuses),
      }),
    ),
  },
});

export const listAccessTurns = operation({
  id: 'listAccessTurns',
  method: 'GET',
  path: '/daily-runs/{date}/access',
  tag,
  summary: 'Which access a date gave and took, by patron',
  description: 'Net: what another chain grants as well is neither gained nor lost.',
  params: dateParam,
  query: z.strictObject(paging),
  answers: { 200: pageOf(AccessTurn) },
});
