import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { Events } from '../observability/events.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** What Node's parser says, as status and words; everything else is 400. */
const answers: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large.'],
};

/** Answers bytes that are no HTTP request, as far as anybody is there to read it, and closes the connection. */
export function answerMalformed(error: Error & { code?: string }, socket: Socket, events: Events): void {
  const { code = '' } = error;
  if (code === 'ECONNRESET' || code === 'EPIPE' || socket.destroyed) {
    socket.destroy();
    return;
  }
  const [status, detail] = answers[code] ?? [400, 'This is not a request of HTTP/1.1.'];
  events.malformedRequest(String(status));
  if (socket.writable) {
    const title = STATUS_CODES[status]!;
    const body = JSON.stringify({ type: 'about:blank', title, status, code: 'bad-request', detail });
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}

/** Answers an address that the router cannot read (`/%zz`, a part far too long), which no hook sees. */
export function answerUnreadableAddress(
  error: Error & { code?: string },
  reply: FastifyReply,
  servesTls: boolean,
  events: Events,
): void {
  const tooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  const status = tooLong ? 414 : 400;
  events.malformedRequest(String(status));
  setSecurityHeaders(reply, servesTls);
  void reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: '/docs/problems#bad-request',
      title: STATUS_CODES[status],
      status,
      code: 'bad-request',
      detail: tooLong ? 'A part of the address is too long.' : 'The address is not well-formed.',
    });
}
