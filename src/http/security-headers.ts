import type { FastifyReply } from 'fastify';

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** For every page that says nothing of its own: what it shows comes from here, and nobody frames it. */
const pagePolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  // Component libraries set styles as they go; scripts stay files.
  "style-src 'self' 'unsafe-inline'",
].join('; ');

/** A year; only where Muster itself serves TLS, since behind a proxy the host name is the proxy's. */
const strictTransport = 'max-age=31536000';

/** Adds what browsers need to be told; a route that has set one of them already knows better. */
export function setSecurityHeaders(reply: FastifyReply, servesTls: boolean): void {
  for (const [name, value] of Object.entries(always)) setDefault(reply, name, value);
  if (servesTls) setDefault(reply, 'strict-transport-security', strictTransport);
  // Answers hold people's data; files that may be kept say so themselves.
  setDefault(reply, 'cache-control', 'no-store');
  if (String(reply.getHeader('content-type') ?? '').startsWith('text/html')) {
    setDefault(reply, 'content-security-policy', pagePolicy);
    setDefault(reply, 'x-frame-options', 'DENY');
  }
}

function setDefault(reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) reply.header(name, value);
}
