import { z } from 'zod';
import { termStatuses } from '../domain/access/term.ts';
import { operation } from './operation.ts';
import { FieldChange } from './patron-history.ts';
import { instant, pageOf, paging, storable } from './shared.ts';

/** What has an identifier of its own: an identifier in a path, exactly as it is spelled. */
export const identifierParam = z.object({ id: z.string().min(1).max(1000) });

/** A text that people give a record. */
export const text = storable.default('');
/** A text that a record is found by; files name it exactly so (W8, W15). */
export const identifier = storable.min(1, 'Expected a text that is not blank.');
/** The name of something else, or null for nothing. */
export const reference = identifier.nullable();
/** A calendar date, or null for none. */
export const day = z.iso.date().nullable().meta({ description: 'yyyy-mm-dd; null: none.' });

/** What decides when something is active. */
export const termAnswer = {
  status: z.enum(termStatuses).describe('As it is now, by its dates and flag.'),
  startDate: day,
  endDate: day,
  inactive: z.boolean().describe('Whether it was made inactive by a flag, whatever its dates say.'),
};

/** The same as it is sent. */
export const termBody = {
  startDate: day.optional(),
  endDate: day.optional(),
  status: z
    .enum(['ACTIVE', 'INACTIVE'])
    .optional()
    .describe('`INACTIVE` sets the flag, `ACTIVE` takes it away; the dates decide the rest.'),
};

const RecordHistoryItem = z
  .object({
    at: instant,
    actor: z.string().nullable(),
    channel: z.string().nullable(),
    runId: z.int().nullable().describe('The import or undo behind it; null: by a single request.'),
    entity: z.string(),
    patronId: z.int().nullable().describe('Whose membership it is about.'),
    action: z.enum(['created', 'updated', 'inactivated', 'removed']),
    changes: z.array(FieldChange),
  })
  .meta({
    id: 'RecordHistoryItem',
    description: 'Something that happened to a record or one of its members.',
  });

/** What one kind of record is made of. */
interface RecordContract<
  Answer extends z.ZodType,
  Create extends z.ZodType,
  Change extends z.ZodType,
  Filter extends z.ZodRawShape,
> {
  /** In operation ids: `listGroups`, `createGroup`. */
  readonly one: string;
  readonly many: string;
  /** In sentences. */
  readonly words: readonly [one: string, many: string];
  readonly path: string;
  readonly answer: Answer;
  readonly create: Create;
  readonly change: Change;
  readonly filter: Filter;
  /** What else is to be said of changing one. */
  readonly about: string;
}

const tag = 'Groups and access';

/** The operations that every kind of record has. Nothing is deleted: it is made inactive, renamed or left alone. */
export function recordOperations<
  Answer extends z.ZodType,
  Create extends z.ZodType,
  Change extends z.ZodType,
  Filter extends z.ZodRawShape,
>(of: RecordContract<Answer, Create, Change, Filter>) {
  const { one, many, words, path, answer, create, change, filter, about } = of;
  return {
    list: operation({
      id: `list${many}`,
      method: 'GET',
      path,
      tag,
      summary: `List ${words[1]}`,
      query: z.strictObject({
        q: z.string().max(1000).default('').describe('Words that identifier or name must contain.'),
        ...filter,
        ...paging,
      }),
      answers: { 200: pageOf(answer) },
    }),
    create: operation({
      id: `create${one}`,
      method: 'POST',
      path,
      tag,
      summary: `Add one to the ${words[1]}`,
      description: about,
      body: create,
      answers: { 201: answer },
    }),
    get: operation({
      id: `get${one}`,
      method: 'GET',
      path: `${path}/{id}`,
      tag,
      summary: `Read one of the ${words[1]}`,
      params: identifierParam,
      answers: { 200: answer },
    }),
    change: operation({
      id: `change${one}`,
      method: 'PATCH',
      path: `${path}/{id}`,
      tag,
      summary: `Change one of the ${words[1]}`,
      description: `What is left out stays. ${about}`,
      params: identifierParam,
      body: change,
      answers: { 200: answer },
    }),
    history: operation({
      id: `list${one}History`,
      method: 'GET',
      path: `${path}/{id}/history`,
      tag,
      summary: `What happened to one of the ${words[1]}`,
      description: 'Newest first.',
      params: identifierParam,
      query: z.strictObject({ ...paging }),
      answers: { 200: pageOf(RecordHistoryItem) },
    }),
  };
}
