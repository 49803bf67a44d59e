/**
 * A refusal that the person who asked can understand and mend. `code` is a stable key of the error
 * catalogue (`http/problem-catalogue.ts` gives each its status and title); `detail` says what happened and what to do.
 * Anything else that is thrown is a bug and shows as "internal".
 */
export class MusterError extends Error {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, facts: Record<string, unknown> = {}) {
    super(detail);
    this.name = 'MusterError';
    this.code = code;
    this.facts = facts;
  }
}

export const errorCodes = [
  'bad-request',
  'unauthorised',
  'forbidden',
  'insecure-transport',
  'not-found',
  'method-not-allowed',
  'conflict',
  'too-large',
  'unsupported-media-type',
  'file-refused',
  'ambiguous',
  'gone',
  'too-many-requests',
  'busy',
  'storage-full',
  'storage-read-only',
  'storage-unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];
