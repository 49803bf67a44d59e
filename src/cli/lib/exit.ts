import { CommanderError } from 'commander';
import { MusterError, type ErrorCode } from '../../domain/errors.ts';
import { printable } from './print.ts';

/** What a command's exit code means; scripts rely on these. */
export const exitCodes = { good: 0, refused: 1, usage: 2, denied: 3, someRowsFailed: 4, held: 5 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Refusals that are not simply “refused”: what was typed names nothing, or something nobody can know. */
const codes: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  'bad-request': exitCodes.usage,
  'not-found': exitCodes.usage,
  ambiguous: exitCodes.usage,
  unauthorised: exitCodes.denied,
  forbidden: exitCodes.denied,
};

/** Makes a commander action of a handler that gives the exit code. */
export function exits<Args extends unknown[]>(
  handler: (...args: Args) => Promise<ExitCode>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await handler(...args);
  };
}

/** Says what went wrong on standard error, in one sentence for whoever typed the command; gives the exit code. */
export function sayError(error: unknown): ExitCode {
  // Commander has said itself what is wrong; asking for help or the version is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
  if (error instanceof MusterError) {
    console.error(printable(error.message));
    return codes[error.code] ?? exitCodes.refused;
  }
  const words = systemErrors[(error as NodeJS.ErrnoException).code ?? ''];
  if (words) console.error(printable(words(error as NodeJS.ErrnoException)));
  else {
    console.error('Something went wrong in Muster itself; please report what follows.');
    console.error(error);
  }
  return exitCodes.refused;
}

/** What the operating system refuses, in words. */
const systemErrors: Readonly<Record<string, (error: NodeJS.ErrnoException) => string>> = {
  ENOSPC: () => 'The disk is full. Free some space and try again.',
  EDQUOT: () => 'The disk quota is used up. Free some space and try again.',
  EACCES: ({ path }) => `${path ?? 'A file'} cannot be opened: permission denied. Check its owner and mode.`,
  EPERM: ({ path }) => `${path ?? 'A file'} cannot be changed: permission denied. Check its owner and mode.`,
  EROFS: ({ path }) => `${path ?? 'A file'} lies on a disk that is read-only.`,
  EIO: () => 'The disk failed. Check it, and the log of the machine.',
};
