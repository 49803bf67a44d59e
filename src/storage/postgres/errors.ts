import { MusterError } from '../../domain/errors.ts';

/** SQLSTATEs and codes of the operating system that mean: there is no database to talk to, for now. */
const lostCodes = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The driver's own words for the same, which it gives no code. */
const lostWords =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (?:has encountered a connection error|was closed) and is not queryable|Cannot use a pool after calling end|The server closed the connection)/;

/** Somebody else's transaction was in the way. */
const busyCodes = new Set(['55P03', '40001', '40P01', '53300']);
const readOnlyCodes = new Set(['25006', '42501']);
const fullCodes = new Set(['53100', '53000']);
/** A limit on the size of its files, for which the server has no code, is a full disk too. */
const fullWords = /could not (?:extend|write).*: File too large/;

/** What the server or the system gave as a code, if anything. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Whether the connection is gone, or none can be had. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  return (
    lostCodes.has(code) || code.startsWith('08') || (error instanceof Error && lostWords.test(error.message))
  );
}

/**
 * What a statement that was kept prepared may be refused with while the same without a name is not: the connection has
 * no such one any more, has another, or its tables have changed.
 */
const preparedCodes = new Set(['26000', '42P05', '0A000']);

export function isOfPrepared(error: unknown): boolean {
  return preparedCodes.has(codeOf(error));
}

/** The server gave up a statement that waited too long: for a lock, or for whatever its operator allows statements. */
const outOfTimeCodes = new Set(['55P03', '57014']);

export function isOutOfTime(error: unknown): boolean {
  return outOfTimeCodes.has(codeOf(error));
}

/** Turns what PostgreSQL says of itself into words for the operator; everything else stays as it is. */
export function storageError(error: unknown): unknown {
  if (error instanceof MusterError) return error;
  if (isLost(error)) {
    return new MusterError(
      'storage-unavailable',
      'The database did not answer or broke off. Nothing that was not confirmed is sure to be stored; try again in a minute.',
    );
  }
  const code = codeOf(error);
  if (busyCodes.has(code)) {
    return new MusterError('busy', 'The database is busy with others. Try again in a minute.');
  }
  if (readOnlyCodes.has(code)) {
    return new MusterError(
      'storage-read-only',
      `The database refuses to write: ${(error as Error).message}. Check that it is the primary and that the login has its rights.`,
    );
  }
  if (fullCodes.has(code) || (error instanceof Error && fullWords.test(error.message))) {
    return new MusterError(
      'storage-full',
      'The disk of the database is full. Nothing was changed; free some space and send it again.',
    );
  }
  return error;
}
