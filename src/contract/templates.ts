import { z } from 'zod';
import { fileKinds } from '../ports/runs.ts';
import { operation } from './operation.ts';
import { queryFlag } from './shared.ts';

export const getTemplate = operation({
  id: 'getTemplate',
  method: 'GET',
  path: '/templates/{kind}.csv',
  tag: 'Imports',
  summary: 'An empty file of a kind: its header alone',
  params: z.object({ kind: z.enum(fileKinds) }),
  query: z.strictObject({
    wco: queryFlag
      .default(true)
      .describe('Kind `authorization-set`: with `false` without the column of restricted checkout centers.'),
  }),
  answers: { 200: { description: 'The header.', content: { 'text/csv': { schema: z.string() } } } },
});
