import { pino, type DestinationStream, type Logger } from 'pino';
import { safeError } from './safe-error.ts';

export type { Logger };

/**
 * The log: JSON lines on standard error. What may be personal or secret is never handed to it: requests are
 * told by route, not by URL; imports by number and counts; people not at all, since the audit trail and the
 * journal hold who did what to whom, behind sign-in. Nobody's username is written either: what was typed there
 * is now and then a password.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: {
        err: safeError,
        req: () => undefined,
        res: () => undefined,
      },
      hooks: {
        logMethod(args, method) {
          const [first, message] = args as [unknown, unknown];
          const facts = first instanceof Error ? { err: first } : first;
          if (typeof facts === 'string') method.call(this, unquoted(facts));
          else
            method.call(this, facts as object, typeof message === 'string' ? told(facts, message) : 'error');
        },
      },
    },
    destination,
  );
}

/** The framework gives an error's own message as the text of a line; ours are fixed words. */
function told(facts: unknown, message: string): string {
  const { err } = (facts ?? {}) as { err?: unknown };
  return err instanceof Error && err.message === message ? 'error' : unquoted(message);
}

/** Up to the first quotation mark: behind it the framework repeats an address or a header. */
function unquoted(message: string): string {
  return message.split(/["'`]/, 1)[0]!;
}
