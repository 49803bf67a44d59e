import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError, type ErrorCode } from '../../domain/errors.ts';

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
  'storage-unavailable': 503,
};

const notMultipart = 'Send the file as multipart/form-data, e.g. curl -F "file=@contacts.csv".';

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
    // A Content-Type that the server itself could not read, or a like slip of the client.
    const summary = error.statusCode === 415 ? notMultipart : error.message;
    return reply.code(400).send({ success: false, summary });
  }
  request.log.error({ err: error }, 'infiniti import failed');
  return reply.code(500).send({
    success: false,
    summary: 'Something went wrong in Muster itself. Nothing was changed; the log says more.',
  });
}
