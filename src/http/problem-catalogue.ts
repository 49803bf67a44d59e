import type { ErrorCode } from '../domain/errors.ts';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What happened. */
  readonly what: string;
  /** How to mend it. */
  readonly mend: string;
}

/** The catalogue of refusals; the detail of each case comes with the error. Shown at `/docs/problems`. */
export const problems: Readonly<Record<ErrorCode, ProblemKind>> = {
  'bad-request': {
    status: 400,
    title: 'The request cannot be understood',
    what: 'A member, a parameter or the form of the body is not what the operation takes.',
    mend: 'The members under “errors” name each place and what was expected there.',
  },
  unauthorised: {
    status: 401,
    title: 'Credentials are missing or wrong',
    what: 'No account signed in: no credentials came, or the username or password is wrong, or the account is disabled.',
    mend: 'Send HTTP Basic credentials of an account of this tenant, in UTF-8.',
  },
  forbidden: {
    status: 403,
    title: 'This account may not do that',
    what: 'The account is known but does not hold the capability that the operation needs.',
    mend: 'Use another account, or let an administrator give this one the capability named.',
  },
  'insecure-transport': {
    status: 403,
    title: 'Credentials over plain HTTP are refused',
    what: 'Credentials came over a line on which others can read them.',
    mend: 'Use https. Change the password if it was sent over an open network.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    what: 'Nothing stands at this address, or no record has the id or key given.',
    mend: 'Look at the address and at the id; a search finds records by their keys and names.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    what: 'The address exists, but not with this method.',
    mend: 'Use one of the methods in the header Allow.',
  },
  conflict: {
    status: 409,
    title: 'This conflicts with what is stored',
    what: 'What was asked for cannot stand beside what is stored, e.g. a key that another patron has.',
    mend: 'The detail names the other record: change that one, or ask for something else.',
  },
  ambiguous: {
    status: 409,
    title: 'More than one thing is meant',
    what: 'The text names several patrons, e.g. one by barcode and one by username.',
    mend: 'Say which key is meant, e.g. “barcode:123”, or use the id.',
  },
  gone: {
    status: 410,
    title: 'This is no longer kept',
    what: 'It existed, and its time of keeping is over.',
    mend: 'Send the file again, or set a longer time of keeping for the next ones.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    what: 'The body is larger than this operation takes; nothing was changed.',
    mend: 'Send less at once.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of the wrong type',
    what: 'The Content-Type or Content-Encoding is not one that the operation takes.',
    mend: 'Send application/json, or for files multipart/form-data or text/csv, without Content-Encoding.',
  },
  'file-refused': {
    status: 422,
    title: 'The file was refused',
    what: 'The file as a whole cannot be right, e.g. a column is missing or it is cut off; nothing was changed.',
    mend: 'The detail says where; the template of its kind shows the right header.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    what: 'Too many sign-ins failed from this address, or too many came at once.',
    mend: 'Wait for as long as Retry-After says and check the credentials.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong in Muster',
    what: 'An error of Muster’s own; what was to be changed was not.',
    mend: 'The log of the server says more. Please report it.',
  },
  busy: {
    status: 503,
    title: 'Muster is busy',
    what: 'Another writer held the storage for too long.',
    mend: 'Try again after Retry-After.',
  },
  'storage-read-only': {
    status: 503,
    title: 'The storage cannot be written to',
    what: 'The data directory or the database refuses writes; nothing was changed.',
    mend: 'Check the owner and the permissions of the data directory.',
  },
  'storage-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    what: 'The database server did not answer, or broke off.',
    mend: 'Try again after Retry-After; an import that was received goes on by itself.',
  },
  'storage-full': {
    status: 507,
    title: 'The storage is full',
    what: 'There is no room left on the disk; nothing was changed.',
    mend: 'Free some space, then send it again.',
  },
};
