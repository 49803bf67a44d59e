import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * The log: JSON lines on standard error. What may be personal or secret is never handed to it: requests are
 * logged by route, not by URL, and no header, query, body or file content at all.
 */
export function createLogger(level: string): Logger {
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
    },
    pino.destination({ fd: 2, sync: false }),
  );
}

/** An error without its message where that may quote data: SQLite and parsers put values into theirs. */
function safeError(error: Error & { code?: unknown; errcode?: unknown }): Record<string, unknown> {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { type: error.name, code: error.code, errcode: error.errcode, stack: frames.join('\n') };
}
