import { setTimeout as delay } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';

/** How long a write waits for others before it gives up with "busy", where nothing else is said. */
export const usualWaitMs = 60_000;

/**
 * Repeats `attempt`, which gives undefined while another writer is in the way, with pauses that leave the thread to
 * others. It is told until when, by `performance.now()`, it may wait itself. `MusterError('busy')` once that is over.
 */
export async function untilFree<T>(
  attempt: (waitUntil: number) => Promise<T | undefined> | T | undefined,
  waitMs: number,
): Promise<T> {
  const waitUntil = performance.now() + waitMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const done = await attempt(waitUntil);
    if (done !== undefined) return done;
    if (performance.now() > waitUntil) {
      throw new MusterError(
        'busy',
        'Another write of this tenant did not end in time. Try again in a minute.',
      );
    }
    await delay(pauseMs);
  }
}
