import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError, type ErrorCode } from '../../domain/errors.ts';

/** I1: the exact body, whether nobody was recognised or somebody without the privilege. */
export function unauthorised(reply: FastifyReply, status: 401 | 403): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Muster", charset="UTF-8"');
  return reply.code(status).send({ success: false, summary: 'Unauthorised. Check credentials.' });
}

/** I2: which status a refusal has in this dialect; a refused file is 400 whatever refused it. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'file-refused': 400,
  'unsupported-media-type': 400,
  forbidden: 403,
  'insecure-transport': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 400,
  'too-many-requests': 429,
  busy: 503,
  'storage-full': 507,
  'storage-read-only': 503,
};

/** I2: every refusal has the JSON body of the dialect. What is our own fault says nothing of its inside. */
export function refusal(
  error: FastifyError | MusterError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof MusterError) {
    const status = statusOf[error.code] ?? 500;
    if (status === 429 || status === 503) reply.header('retry-after', '60');
    return reply.code(status).send({ success: false, summary: error.message });
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return reply.code(400).send({ success: false, summary: error.message });
  }
  request.log.error({ err: error }, 'infiniti import failed');
  return reply.code(500).send({
    success: false,
    summary: 'Something went wrong in Muster itself. Nothing was changed; the log says more.',
  });
}
