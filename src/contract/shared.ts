import { z } from 'zod';
import { errorCodes } from '../domain/errors.ts';

/** Shapes that every group of operations uses. */

/** `?page=` from 1 and `?pageSize=` from 1 to 500; spread into the query of a list. */
export const paging = {
  page: z.coerce.number().int().min(1).max(1_000_000).default(1).describe('Which page, from 1.'),
  pageSize: z.coerce.number().int().min(1).max(500).default(50).describe('How many items a page has.'),
};

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    total: z
      .int()
      .min(0)
      .nullable()
      .describe('How many there are in all; null where there are too many to count.'),
    page: z.int(),
    pageSize: z.int(),
  });
}

/** `true` or `false` in a query. */
export const queryFlag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
  .meta({ type: 'boolean' });

/** An id in a path. */
export const idParam = z.coerce.number().int().min(1);

/** An instant, ISO 8601 in UTC. */
export const instant = z.string().meta({ format: 'date-time' });

/** A text of a record: trimmed, and such as every store can keep. */
export const storable = z
  .string()
  .trim()
  .max(1000)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'Expected a text that can be stored.');

/** One thing worth saying about a row, a file or what was done. */
export const Note = z
  .object({
    code: z.string().describe('Stable key of what is said.'),
    column: z.string().nullable(),
    value: z.string().nullable(),
    message: z.string().describe('The sentence for people.'),
    suggestion: z.string().nullable(),
  })
  .meta({ id: 'Note', description: 'Something worth saying about what was read or done.' });

/** A refusal (RFC 9457). More members may stand beside these. */
export const Problem = z
  .looseObject({
    type: z.string().describe('Where the code is explained.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes).describe('Stable; scripts may rely on it.'),
    detail: z.string().describe('What happened and what to do, for people.'),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'path', 'headers']),
          path: z.string().describe('The member, e.g. `scenarios[0]`; blank for the whole.'),
          message: z.string(),
        }),
      )
      .optional()
      .describe('Each thing that is wrong with the input.'),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused.' });
