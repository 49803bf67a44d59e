import { MusterError, type ErrorCode } from './errors.ts';

/** An error as plain data: crossing to another thread would strip it of everything but its message. */
export interface PlainError {
  /** A refusal of ours, with its code. */
  readonly refusal?: ErrorCode | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | number | undefined;
  readonly errcode?: string | number | undefined;
}

/** Takes what was thrown apart. The facts of a refusal stay behind. */
export function plainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message, stack } = thrown;
  if (thrown instanceof MusterError) return { refusal: thrown.code, name, message, stack };
  const { code, errcode } = thrown as { code?: unknown; errcode?: unknown };
  return { name, message, stack, code: plain(code), errcode: plain(errcode) };
}

/** Puts it together again, to be thrown on this side. */
export function errorOf(error: PlainError): Error {
  if (error.refusal !== undefined) return new MusterError(error.refusal, error.message);
  return Object.assign(new Error(error.message), error);
}

function plain(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
