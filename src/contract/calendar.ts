import { z } from 'zod';
import { AccessTurn, LinkTurn, Target } from './daily-runs.ts';
import { operation } from './operation.ts';
import { instant, pageOf, paging } from './shared.ts';

const tag = 'Calendar';
const day = z.string().meta({ format: 'date' });
const patrons = z.int().describe('How many patrons it concerns.');

export const CalendarDate = z
  .object({
    date: day,
    at: instant.describe('Its 01:00 local.'),
    gaining: z.int().describe('Patrons who gain something.'),
    losing: z.int().describe('Patrons who lose something.'),
    gains: z.array(Target.extend({ patrons })).describe('What they gain, most patrons first; 50 at most.'),
    gainsTotal: z.int(),
    losses: z.array(Target.extend({ patrons })),
    lossesTotal: z.int(),
    because: z.array(LinkTurn.extend({ patrons })).describe('What starts or ends then; 50 at most.'),
    becauseTotal: z.int(),
  })
  .meta({ id: 'CalendarDate', description: 'What changes on a date to come, in numbers.' });

export const getCalendar = operation({
  id: 'getCalendar',
  method: 'GET',
  path: '/calendar',
  tag,
  summary: 'Who gains and loses access in the next days',
  description:
    'As far as the dates stored now decide. Dates on which nobody gains or loses anything are left out; the patrons of a date are listed under it.',
  query: z.strictObject({
    days: z.coerce.number().int().min(1).max(366).default(90).describe('How many days, from tomorrow on.'),
  }),
  answers: {
    200: z.object({
      from: day,
      to: day.describe('The last date.'),
      items: z.array(CalendarDate),
      total: z.int(),
      page: z.int(),
      pageSize: z.int(),
    }),
  },
});

export const getCalendarDate = operation({
  id: 'getCalendarDate',
  method: 'GET',
  path: '/calendar/{date}',
  tag,
  summary: 'The patrons who gain or lose access on a date to come',
  description: 'Net: what another chain grants as well is neither gained nor lost.',
  params: z.object({ date: z.iso.date().describe('A local date, e.g. `2026-03-02`.') }),
  query: z.strictObject(paging),
  answers: { 200: pageOf(AccessTurn) },
});
