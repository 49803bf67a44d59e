import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError, type ErrorCode } from '../../domain/errors.ts';
import { sendAnswer } from './answer.ts';
import { isJsonType } from './body.ts';
import { FrameworkError, sendFrameworkError } from './framework-error.ts';

/** Refusals that a script should read as it reads any other answer, with a status that says so to the rest. */
const answered: Partial<Record<ErrorCode, number>> = {
  'insecure-transport': 403,
  forbidden: 403,
  'too-many-requests': 429,
  busy: 503,
  'storage-read-only': 503,
  'storage-unavailable': 503,
  'storage-full': 507,
};

const usualWaitSeconds = 60;

/** F2: what an action refused is an answer like any other, and not an error of the request. */
export const businessCodes: ReadonlySet<ErrorCode> = new Set([
  'bad-request',
  'conflict',
  'ambiguous',
  'not-found',
  'gone',
]);

/** F17: everything that goes wrong before, behind or around an action. Our own faults say nothing of their inside. */
export function refusal(
  error: FastifyError | MusterError | FrameworkError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof FrameworkError) return sendFrameworkError(reply, error);
  if (error instanceof MusterError) {
    const status = answered[error.code];
    if (status === undefined) return sendFrameworkError(reply, new FrameworkError(error.message));
    const { retryAfterSeconds = usualWaitSeconds } = error.facts as { retryAfterSeconds?: number };
    if (status === 429 || status === 503) reply.header('retry-after', String(retryAfterSeconds));
    reply.code(status);
    const wrapping = isJsonType(request.headers['content-type']) ? 'object' : 'bare';
    return sendAnswer(reply, { result: false, msg: error.message, item: [] }, wrapping);
  }
  if (error.statusCode === 413) {
    const tooLarge = 'The body is larger than this service takes.';
    return sendFrameworkError(reply, new FrameworkError(tooLarge, 'System.InvalidOperationException', 413));
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendFrameworkError(reply, new FrameworkError('The request is not well-formed.'));
  }
  request.log.error({ err: error }, 'fsi call failed');
  const ours = 'Something went wrong in Muster itself. Nothing was changed; its log says more.';
  return sendFrameworkError(reply, new FrameworkError(ours, 'System.Exception', 500));
}
