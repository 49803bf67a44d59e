import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { operation } from './operation.ts';
import { identifier, identifierParam, termAnswer, termBody } from './record-operations.ts';
import { pageOf, paging } from './shared.ts';

const tag = 'Groups and access';
const params = z.object({ ...identifierParam.shape, patron: z.string().min(1).max(1000) });

export const Member = z
  .object({
    patron: z.string().describe('The Person-ID.'),
    patronId: z.int(),
    name: z.string(),
    ...termAnswer,
  })
  .meta({ id: 'Member', description: 'A patron in a section.' });
export type Member = z.output<typeof Member>;

export const listMembers = operation({
  id: 'listMembers',
  method: 'GET',
  path: '/sections/{id}/members',
  tag,
  summary: 'List the members of a section',
  description: 'Inactive ones included: who leaves a section is kept.',
  params: identifierParam,
  query: z.strictObject({
    status: z.enum(termStatuses).optional().describe('As the last import, change or daily run left it.'),
    ...paging,
  }),
  answers: { 200: pageOf(Member) },
});

export const addMember = operation({
  id: 'addMember',
  method: 'POST',
  path: '/sections/{id}/members',
  tag,
  summary: 'Add a patron to a section',
  description:
    'Needs *Manage Group Authorizations* at the organization of the section’s group. A members file that names the section replaces its members whole.',
  params: identifierParam,
  body: z.strictObject({
    patron: identifier.describe('The Person-ID.'),
    startDate: termBody.startDate,
    endDate: termBody.endDate,
  }),
  answers: { 201: Member },
});

export const changeMember = operation({
  id: 'changeMember',
  method: 'PATCH',
  path: '/sections/{id}/members/{patron}',
  tag,
  summary: 'Change a member’s dates, or make it inactive or active again',
  description: 'What is left out stays. Needs what adding one needs.',
  params,
  body: z.strictObject(termBody),
  answers: { 200: Member },
});
