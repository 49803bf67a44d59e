import { connect } from 'node:net';
import { once } from 'node:events';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; of a repeated header the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes as they are over a socket of its own and reads until the server closes it or has answered once
 * whole. For requests that no HTTP client would send; pieces are sent one after the other as they come, and no
 * more of them once the answer is there, unless `readToLast` says to behave as clients that read afterwards. With
 * `skipAnswers` the answers to as many earlier requests in the bytes are passed over.
 */
export async function rawRequest(
  port: number,
  pieces: string | Buffer | Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
  { readToLast = false, skipAnswers = 0 } = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  const answered = new Promise<RawAnswer>((resolve, reject) => {
    const finish = (ended: boolean) => {
      const answer = parseAnswer(received, ended, skipAnswers);
      if (answer) resolve(answer);
      else if (ended) reject(new Error(`no whole answer: ${JSON.stringify(received.toString('latin1'))}`));
    };
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      finish(false);
    });
    socket.on('close', () => finish(true));
    // A server that refuses early closes while bytes are still on their way; what counts is what it said.
    socket.on('error', () => {});
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let isAnswered = false;
  const enough = answered.then(
    () => (isAnswered = !readToLast),
    () => undefined,
  );
  const whole = typeof pieces === 'string' || Buffer.isBuffer(pieces);
  for await (const piece of whole ? [pieces] : pieces) {
    if (socket.destroyed || !socket.writable || isAnswered) break;
    if (socket.write(piece)) continue;
    const drained = new Promise((resolve) => socket.once('drain', resolve));
    await Promise.race([drained, closed, ...(readToLast ? [] : [enough])]);
  }
  try {
    return await answered;
  } finally {
    socket.destroy();
  }
}

/** The head of a POST of a contacts file. */
export function postHead(
  headers: Readonly<Record<string, string | number>>,
  path = '/api/import/userContacts/replaceDeclaredPatrons',
): string {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function parseAnswer(bytes: Buffer, ended: boolean, skip: number): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  // 100 Continue comes before the answer.
  if (status === 100) return parseAnswer(rest, ended, skip);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  if (headers['transfer-encoding'] === 'chunked') {
    const body = unchunk(rest);
    return body === undefined ? undefined : { status, headers, body };
  }
  const length = headers['content-length'];
  if (skip > 0) return parseAnswer(rest.subarray(Number(length)), ended, skip - 1);
  if (length === undefined ? !ended : rest.length < Number(length)) return undefined;
  return { status, headers, body: rest.subarray(0, Number(length ?? rest.length)).toString('utf8') };
}

function unchunk(bytes: Buffer): string | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
