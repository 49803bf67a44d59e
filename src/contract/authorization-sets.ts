import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { identifier, recordOperations, termAnswer, termBody, text } from './record-operations.ts';

const lists = {
  delegatedTo: 'Names of other organizations whose groups and sets may use it.',
  resourceTypes: 'Identifiers of resource types.',
  checkoutCenters: 'Names of checkout centers whose patron portal it opens.',
  wcoCheckoutCenters: 'Names of restricted checkout centers at which it lets patrons be served.',
  sets: 'Identifiers of authorization sets nested in it.',
};

const listOf = (item: z.ZodType<string>, about: string) => z.array(item).max(10_000).describe(about);
const each = <T>(make: (about: string) => T) =>
  Object.fromEntries(Object.entries(lists).map(([name, about]) => [name, make(about)])) as Record<
    keyof typeof lists,
    T
  >;

export const AuthorizationSet = z
  .object({
    uniqueIdentifier: z.string(),
    name: z.string(),
    organization: z.string(),
    ...termAnswer,
    description: z.string(),
    ...each((about) => listOf(z.string(), about)),
  })
  .meta({
    id: 'AuthorizationSet',
    description: 'What members of a group may reserve, enter and be served at.',
  });

const body = {
  description: text.optional(),
  ...termBody,
  ...each((about) => listOf(identifier, about).optional()),
};

export const authorizationSets = recordOperations({
  one: 'AuthorizationSet',
  many: 'AuthorizationSets',
  words: ['authorization set', 'authorization sets'],
  path: '/authorization-sets',
  answer: AuthorizationSet,
  create: z.strictObject({
    uniqueIdentifier: identifier,
    name: identifier,
    organization: identifier,
    ...body,
  }),
  change: z.strictObject({
    uniqueIdentifier: identifier.optional(),
    name: identifier.optional(),
    organization: identifier.optional(),
    ...body,
  }),
  filter: {
    organization: z.string().max(1000).optional(),
    status: z.enum(termStatuses).optional().describe('As the last import, change or daily run left it.'),
  },
  about:
    'A list that is sent replaces the one that stands. Needs *Manage Group Authorizations* at its organization. Only an administrator changes the identifier.',
});
