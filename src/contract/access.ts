import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { accessTargetKinds } from '../ports/access.ts';
import { operation } from './operation.ts';
import { patronParam } from './patrons.ts';
import { instant, pageOf, paging, queryFlag, storable } from './shared.ts';

const tag = 'Access';

const day = z.string().meta({ format: 'date' });

export const ChainLink = z
  .object({
    entity: z.enum(['member', 'section', 'group', 'authorization-set']),
    uniqueIdentifier: z.string().describe('Of a membership: its section’s.'),
    name: z.string(),
    status: z.enum(termStatuses).describe('At the instant asked about.'),
    startDate: day.nullable(),
    endDate: day.nullable(),
  })
  .meta({
    id: 'ChainLink',
    description: 'A membership, section, group or set on the way to what it grants.',
  });

export const Denial = z
  .object({
    link: ChainLink.describe('The first link of the chain that denies.'),
    why: z.string().describe('In words.'),
    opensAt: instant.nullable().describe('When that link opens by its dates; null: never.'),
    chainOpensAt: instant
      .nullable()
      .describe('When the whole chain does by the dates there are now; null: never.'),
    before: z.array(ChainLink).describe('The links before it, from the membership on.'),
  })
  .meta({ id: 'Denial', description: 'Why one chain does not grant access.' });

export const AccessAnswer = z
  .object({
    granted: z.boolean(),
    reason: z.string().describe('In words.'),
    chain: z.array(ChainLink).describe('What grants it, from the membership to the set that has the target.'),
    denials: z.array(Denial).describe('Where nothing grants it: every chain that could, the soonest first.'),
    at: instant,
  })
  .meta({ id: 'AccessAnswer', description: 'Whether a patron may have something, and why.' });

const at = z
  .string()
  .max(40)
  .optional()
  .describe(
    'An instant, past or future, e.g. `2026-03-02T06:00:00Z`; without `Z` or offset as the tenant’s clock shows it. Now where it is left out.',
  );

/** Exactly one of them is given. */
const target = {
  resourceType: z.string().max(1000).optional().describe('May it be reserved? Its unique identifier.'),
  checkoutCenter: z.string().max(1000).optional().describe('May its patron portal be entered? Its name.'),
  wcoCheckoutCenter: z.string().max(1000).optional().describe('Is the patron served there? Its name.'),
};

const patronText = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .describe('Id, username, barcode or externalid; `barcode:123` says which of them is meant.');

export const checkAccess = operation({
  id: 'checkAccess',
  method: 'GET',
  path: '/access',
  tag,
  summary: 'May this patron have this, and why',
  description:
    'Names one of `resourceType`, `checkoutCenter` and `wcoCheckoutCenter`. Worked out from dates and flags as they are stored now, for any instant.',
  query: z.strictObject({ patron: patronText, ...target, at }),
  answers: { 200: AccessAnswer },
});

export const listPatronAccess = operation({
  id: 'listPatronAccess',
  method: 'GET',
  path: '/patrons/{id}/access',
  tag,
  summary: 'Everything a patron may have',
  description: 'By kind, each with its reason. Nothing for an inactive patron.',
  params: patronParam,
  query: z.strictObject({
    restricted: queryFlag
      .optional()
      .describe('Only what is restricted (`true`), or only what everybody may have (`false`).'),
    at,
    ...paging,
  }),
  answers: {
    200: pageOf(
      z.object({
        kind: z.enum(accessTargetKinds),
        identifier: z
          .string()
          .describe('Unique identifier of the resource type, name of the checkout center.'),
        name: z.string(),
        restricted: z.boolean(),
        reason: z.string(),
        chain: z.array(ChainLink),
      }),
    ),
  },
});

export const AccessOverride = z
  .object({
    id: z.int(),
    at: instant,
    operator: z.string(),
    patronId: z.int(),
    kind: z.enum(accessTargetKinds),
    identifier: z.string().nullable().describe('Null where it is no longer registered.'),
    reason: z.string(),
  })
  .meta({ id: 'AccessOverride', description: 'That an operator let a patron have what no set grants.' });

export const recordOverride = operation({
  id: 'recordOverride',
  method: 'POST',
  path: '/access/overrides',
  tag,
  summary: 'Record that a patron is let have something',
  description:
    'For this once: no later answer changes by it. The account needs *administer*, or *manage-group-authorizations* at an organization; the audit names it.',
  body: z.strictObject({ patron: patronText, ...target, reason: storable.min(1) }),
  answers: { 201: AccessOverride },
});

export const listOverrides = operation({
  id: 'listOverrides',
  method: 'GET',
  path: '/access/overrides',
  tag,
  summary: 'List overrides, newest first',
  query: z.strictObject({ patron: patronText.optional().describe('Only those of this patron.'), ...paging }),
  answers: { 200: pageOf(AccessOverride) },
});
