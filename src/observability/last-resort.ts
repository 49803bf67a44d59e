import type { Logger } from './logger.ts';

/**
 * What nobody caught: the state of the process is unknown, so it is told, without the message, and the process
 * ends with 1; what was in flight is taken up at the next start. Errors of requests, streams and worker
 * threads are caught where they happen and never come here.
 */
export function endOnUncaught(logger: Logger, exit = (code: number) => process.exit(code)): void {
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      logger.fatal({ err: error, kind }, 'uncaught');
      // The log is written behind; it is flushed when the process exits.
      exit(1);
    });
  }
}
