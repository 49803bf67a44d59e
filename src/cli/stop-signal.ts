import type { EventEmitter } from 'node:events';

/**
 * One press of Ctrl-C reaches the program more than once: from the terminal itself, from npm and from the
 * launcher, which pass it on. What comes this soon after is the same wish.
 */
const sameWishMs = 1_000;

export interface StopSignalOptions {
  /** Of `process`, whose signals they are. */
  readonly signals: Pick<EventEmitter, 'on'>;
  readonly nowMs: () => number;
  /** Asked to stop a second time: now. */
  readonly exit: (code: number) => void;
}

/** Resolves with the first signal that asks to stop; a second one, later, ends the process at once. */
export function stopSignal({ signals, nowMs, exit }: StopSignalOptions): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      signals.on(signal, () => {
        if (askedAt === undefined) {
          askedAt = nowMs();
          resolve(signal);
        } else if (nowMs() - askedAt > sameWishMs) exit(1);
      });
    }
  });
}
