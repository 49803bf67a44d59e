import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { FileAnswer, Operation } from '../../contract/operation.ts';
import { Problem } from '../../contract/shared.ts';
import type { Capability } from '../../ports/accounts.ts';
import type { AppServices } from '../services.ts';
import type { Caller } from './caller.ts';
import { addressOf, type ServedAddresses } from './served-addresses.ts';

/** Where operations are mounted. */
export interface Api {
  /** The scope under `/api/v1`. */
  readonly app: FastifyInstance;
  readonly services: AppServices;
  readonly served: ServedAddresses;
}

/** One request that was found in order, with who asks. */
export interface Call<O extends Operation> extends Caller {
  readonly params: OutputOf<O['params']>;
  readonly query: OutputOf<O['query']>;
  readonly body: OutputOf<O['body']>;
  /** For what the schema does not see: raw bodies. */
  readonly request: FastifyRequest;
  /** For another status than the first one, and for headers. */
  readonly reply: FastifyReply;
}

type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;

type AnswerOf<A> = A extends z.ZodUndefined
  ? void
  : A extends z.ZodType
    ? z.output<A>
    : A extends FileAnswer
      ? FastifyReply | string
      : never;

export interface Serving<O extends Operation> {
  /** What the caller must hold. */
  readonly capability: Capability;
  /** What is sent with the first status of the operation's answers. */
  handle(call: Call<O>): Promise<AnswerOf<O['answers'][keyof O['answers']]>>;
}

/** Mounts one operation of the contract: its route, its checks, its answer's filter and its documentation. */
export function serveOperation<O extends Operation>(api: Api, operation: O, serving: Serving<O>): void {
  api.served.add(operation);
  const mount = (scope: FastifyInstance) => {
    scope.route({
      method: operation.method,
      url: addressOf(operation),
      config: { access: serving.capability },
      schema: schemaOf(operation, serving.capability),
      handler: async (request, reply) => {
        reply.code(Number(Object.keys(operation.answers)[0]));
        const { params, query, body, caller } = request;
        return serving.handle({ ...caller!, params, query, body, request, reply } as Call<O>);
      },
    });
  };
  if (operation.upload === undefined) mount(api.app);
  // A file is read by the handler, so nothing parses it before.
  else {
    void api.app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
      mount(scope);
      done();
    });
  }
}

function schemaOf(operation: Operation, capability: Capability): Record<string, unknown> {
  const { id, tag, summary, description, params, query, body, answers } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, `Needs the capability \`${capability}\`.`].filter(Boolean).join('\n\n'),
    security: [{ basic: [] }],
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    response: {
      ...answers,
      default: { description: 'Refused.', content: { 'application/problem+json': { schema: Problem } } },
    },
  };
}
