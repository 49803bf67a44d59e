import type { FastifyError, FastifyInstance } from 'fastify';
import { MusterError, type ErrorCode } from '../domain/errors.ts';

/** The catalogue of refusals: each code's status and title; the detail comes with the error. */
const problems: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  unauthorised: { status: 401, title: 'Credentials are missing or wrong' },
  forbidden: { status: 403, title: 'This account may not do that' },
  'insecure-transport': { status: 403, title: 'Credentials over plain HTTP are refused' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'This conflicts with what is stored' },
  ambiguous: { status: 409, title: 'More than one thing is meant' },
  gone: { status: 410, title: 'This is no longer kept' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of the wrong type' },
  'file-refused': { status: 422, title: 'The file was refused' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong in Muster' },
  busy: { status: 503, title: 'Muster is busy' },
  'storage-read-only': { status: 503, title: 'The storage cannot be written to' },
  'storage-full': { status: 507, title: 'The storage is full' },
};

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
    const detail = known?.message ?? clientError?.message ?? 'The log of the server says more.';
    if (status === 401) reply.header('www-authenticate', 'Basic realm="Muster", charset="UTF-8"');
    if (status === 429 || status === 503) reply.header('retry-after', '60');
    return reply
      .code(status)
      .type('application/problem+json')
      .send({ type: `/docs/problems#${code}`, title, status, code, detail, ...known?.facts });
  });
  app.setNotFoundHandler((request, reply) => {
    const { status, title } = problems['not-found'];
    return reply
      .code(status)
      .type('application/problem+json')
      .send({
        type: '/docs/problems#not-found',
        title,
        status,
        code: 'not-found',
        detail: `There is nothing at ${request.method} of this address.`,
      });
  });
}

function codeOfStatus(status: number): ErrorCode {
  const found = Object.entries(problems).find(([, problem]) => problem.status === status);
  return (found?.[0] as ErrorCode | undefined) ?? 'bad-request';
}
