import { z } from 'zod';
import { identifier, recordOperations, text } from './record-operations.ts';

const about = 'Files name it exactly so, so a new name counts for the next file.';

const organization = { name: z.string() };
export const Organization = z
  .object(organization)
  .meta({ id: 'Organization', description: 'A department at which operators hold their capability.' });

export const organizations = recordOperations({
  one: 'Organization',
  many: 'Organizations',
  words: ['organization', 'organizations'],
  path: '/organizations',
  answer: Organization,
  create: z.strictObject({ name: identifier }),
  change: z.strictObject({ name: identifier.optional() }),
  filter: {},
  about: `${about} Accounts that hold a capability at it keep it under the new name.`,
});

export const ResourceType = z
  .object({ uniqueIdentifier: z.string(), name: z.string(), restricted: z.boolean() })
  .meta({ id: 'ResourceType', description: 'A kind of thing that patrons reserve.' });

export const resourceTypes = recordOperations({
  one: 'ResourceType',
  many: 'ResourceTypes',
  words: ['resource type', 'resource types'],
  path: '/resource-types',
  answer: ResourceType,
  create: z.strictObject({
    uniqueIdentifier: identifier,
    name: text,
    restricted: z.boolean().default(false),
  }),
  change: z.strictObject({
    uniqueIdentifier: identifier.optional(),
    name: text.optional(),
    restricted: z.boolean().optional(),
  }),
  filter: {},
  about,
});

export const CheckoutCenter = z
  .object({ name: z.string(), portalRestricted: z.boolean(), wcoRestricted: z.boolean() })
  .meta({ id: 'CheckoutCenter', description: 'A desk, and what is restricted at it.' });

export const checkoutCenters = recordOperations({
  one: 'CheckoutCenter',
  many: 'CheckoutCenters',
  words: ['checkout center', 'checkout centers'],
  path: '/checkout-centers',
  answer: CheckoutCenter,
  create: z.strictObject({
    name: identifier,
    portalRestricted: z.boolean().default(false),
    wcoRestricted: z.boolean().default(false),
  }),
  change: z.strictObject({
    name: identifier.optional(),
    portalRestricted: z.boolean().optional(),
    wcoRestricted: z.boolean().optional(),
  }),
  filter: {},
  about,
});
