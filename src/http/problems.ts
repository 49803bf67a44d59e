import type { FastifyError, FastifyInstance } from 'fastify';
import { MusterError, type ErrorCode } from '../domain/errors.ts';
import { problems } from './problem-catalogue.ts';

/** Answers errors and unknown addresses as problem documents (RFC 9457). Bugs are logged and show nothing. */
export function problemHandlers(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | MusterError>((error, request, reply) => {
    const known = error instanceof MusterError ? error : undefined;
    const clientError = error instanceof MusterError || (error.statusCode ?? 500) >= 500 ? undefined : error;
    if (!known && !clientError)
      request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
    const code: ErrorCode =
      known?.code ?? (clientError ? codeOfStatus(clientError.statusCode ?? 400) : 'internal');
    const { status, title } = problems[code];
    const detail =
      known?.message ??
      details[clientError?.code ?? ''] ??
      clientError?.message ??
      'The log of the server says more.';
    if (status === 401) reply.header('www-authenticate', 'Basic realm="Muster", charset="UTF-8"');
    if (status === 429 || status === 503) reply.header('retry-after', '60');
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: `/docs/problems#${code}`, title, status, code, detail, ...known?.facts });
  });
  app.setNotFoundHandler((_request, reply) => {
    const { status, title } = problems['not-found'];
    return reply.code(status).type('application/problem+json').send({
      type: '/docs/problems#not-found',
      title,
      status,
      code: 'not-found',
      detail: 'There is nothing at this address.',
    });
  });
}

/** What the framework says too briefly, in words that help. */
const details: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send JSON, with the header Content-Type: application/json.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; JSON is needed here.',
};

function codeOfStatus(status: number): ErrorCode {
  const found = Object.entries(problems).find(([, problem]) => problem.status === status);
  return (found?.[0] as ErrorCode | undefined) ?? 'bad-request';
}
