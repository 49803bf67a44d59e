import { z } from 'zod';
import { operation } from './operation.ts';
import { idParam, instant, pageOf, paging, storable } from './shared.ts';

const tag = 'API clients';
const params = z.object({ id: idParam });

const record = {
  id: z.int(),
  name: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable().describe('To within a few minutes; null before the first time.'),
  revokedAt: instant.nullable(),
  oldKeyUntil: instant
    .nullable()
    .describe('Until when the key before the present one is good as well; null where there is none.'),
};

const ApiClient = z
  .object(record)
  .meta({ id: 'ApiClient', description: 'A program with a key and a secret of its own.' });

const ApiClientWithSecret = z
  .object({
    ...record,
    key: z.string(),
    secret: z.string().describe('It is shown this once and cannot be had again.'),
  })
  .meta({ id: 'ApiClientWithSecret', description: 'An API client that was given a key just now.' });

export const listApiClients = operation({
  id: 'listApiClients',
  method: 'GET',
  path: '/api-clients',
  tag,
  summary: 'List API clients',
  description: 'By name, revoked ones too.',
  query: z.strictObject({ ...paging }),
  answers: { 200: pageOf(ApiClient) },
});

export const createApiClient = operation({
  id: 'createApiClient',
  method: 'POST',
  path: '/api-clients',
  tag,
  summary: 'Add an API client',
  body: z.strictObject({ name: storable.min(1).max(200) }),
  answers: { 201: ApiClientWithSecret },
});

export const getApiClient = operation({
  id: 'getApiClient',
  method: 'GET',
  path: '/api-clients/{id}',
  tag,
  summary: 'Read one API client',
  params,
  answers: { 200: ApiClient },
});

export const rotateApiClient = operation({
  id: 'rotateApiClient',
  method: 'POST',
  path: '/api-clients/{id}/rotate',
  tag,
  summary: 'Give an API client a new key and secret',
  description:
    'The old ones stay good until `oldKeyUntil`, so that scripts can be changed one after the other; the sessions they began end with them. An instant that is past ends them at once.',
  params,
  body: z.strictObject({
    oldKeyUntil: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('ISO 8601. Seven days from now where it is left out.'),
  }),
  answers: { 200: ApiClientWithSecret },
});

export const revokeApiClient = operation({
  id: 'revokeApiClient',
  method: 'POST',
  path: '/api-clients/{id}/revoke',
  tag,
  summary: 'Revoke an API client',
  description: 'For good. Its sessions end at once.',
  params,
  answers: { 200: ApiClient },
});
